package io.paravert.vmm.exit;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One exit, from the moment the guest was left until it may be entered again. Off unless a recording asks for it. */
@Name("io.paravert.VcpuExit")
@Label("vCPU exit")
@Category("Paravert")
@Description("A vCPU left the guest and its exit was served")
@Enabled(false)
@StackTrace(false)
final class VcpuExitEvent extends Event {
    @Label("VM")
    String vm = "";

    @Label("vCPU")
    int vcpu;

    @Label("Reason")
    String reason = "";

    @Label("Port, address or hypercall number")
    long place;

    @Label("Bytes of an access")
    int size;

    @Label("Accesses")
    int count;

    @Label("Datum or result")
    long value;

    @Label("Served by")
    String owner = "";
}
