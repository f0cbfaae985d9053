package io.paravert.cli;

import io.paravert.abi.AbiVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "paravert " + number() + ", ABI " + AbiVersion.MAJOR + "." + AbiVersion.MINOR,
            "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }

    /** As the jar's manifest has it. */
    static String number() {
        String version = VersionText.class.getPackage().getImplementationVersion();
        return version == null ? "(not from a jar)" : version;
    }
}
