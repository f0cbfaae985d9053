package io.paravert.vmm.plugins;

import java.util.concurrent.Callable;

/** Runs a plugin's code for the monitor: whatever it throws becomes a {@link PluginException} that says where. */
final class PluginFault {
    private PluginFault() {}

    static <T> T guard(String what, Callable<T> code) {
        try {
            return code.call();
        } catch (PluginException | IllegalArgumentException e) {
            // The second is a device's word for settings that will not do, and says so to the person.
            throw e;
        } catch (Throwable t) {
            throw new PluginException("plugin " + what + ": " + inOneLine(t), t);
        }
    }

    /** The fault and where in the plugin it arose. */
    private static String inOneLine(Throwable fault) {
        Throwable root = fault;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        StackTraceElement[] stack = root.getStackTrace();
        return String.valueOf(root).replace('\n', ' ') + (stack.length == 0 ? "" : " at " + stack[0]);
    }
}
