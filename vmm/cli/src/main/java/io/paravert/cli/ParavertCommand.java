package io.paravert.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The words that come first. */
@Command(
        name = "paravert",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = "Runs para-virtualized guests on KVM or on a machine in pure Java.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            DoctorCommand.class,
            LabCommand.class,
            LoadCommand.class,
            DevicesCommand.class,
            AbiCommand.class
        })
final class ParavertCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: paravert run hello, for example");
    }
}
