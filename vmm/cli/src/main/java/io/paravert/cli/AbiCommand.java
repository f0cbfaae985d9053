package io.paravert.cli;

import io.paravert.abi.AbiDocuments;
import io.paravert.abi.AbiDocuments.Format;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paravert abi}. */
@Command(
        name = "abi",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = "Prints the hypercall ABI.")
final class AbiCommand implements Callable<Integer> {
    private final Stdio stdio;

    @Option(
            names = "--format",
            paramLabel = "md|c|asm|json",
            defaultValue = "md",
            description =
                    "Reference page, C header, assembler include, or the source of all (default: ${DEFAULT-VALUE}).")
    private Format format = Format.MD;

    AbiCommand(Stdio stdio) {
        this.stdio = stdio;
    }

    @Override
    public Integer call() {
        PrintStream out = stdio.text();
        out.print(AbiDocuments.text(format));
        return Output.finish(out);
    }
}
