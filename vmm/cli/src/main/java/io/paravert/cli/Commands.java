package io.paravert.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the commands, with the streams that they write to. */
final class Commands implements IFactory {
    private final Stdio stdio;

    Commands(Stdio stdio) {
        this.stdio = stdio;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        try {
            var constructor = type.getDeclaredConstructor(Stdio.class);
            constructor.setAccessible(true);
            return constructor.newInstance(stdio);
        } catch (NoSuchMethodException e) {
            return CommandLine.defaultFactory().create(type);
        }
    }
}
