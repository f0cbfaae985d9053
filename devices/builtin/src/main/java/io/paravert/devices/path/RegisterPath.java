package io.paravert.devices.path;

import io.paravert.abi.Limit;
import io.paravert.device.Access;
import io.paravert.device.Delivery;
import io.paravert.device.DeviceIdentity;
import io.paravert.device.DeviceSite;
import io.paravert.device.GuestMemoryView;
import io.paravert.device.InlineAccessHandler;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The classical path: {@link RegisterLayout} at ports or in memory, one exit for each access. Registers are kept on the vCPU's
 * thread; a command goes to the device's context while the vCPU waits.
 */
public final class RegisterPath {
    private final IoService service;
    private final GuestMemoryView memory;
    private final DeviceIdentity identity;
    private final int virtio;
    private final AtomicReferenceArray<@Nullable Bank> banks = new AtomicReferenceArray<>(Limit.VCPUS);

    /** One vCPU's registers: written by its thread, and while it waits for a command by the device's. */
    private static final class Bank {
        long offset;
        long gpa;
        int bytes;
        int result;
    }

    /** @param virtio offset of the virtio registers from these, 0 for none */
    public RegisterPath(IoService service, GuestMemoryView memory, DeviceIdentity identity, int virtio) {
        this.service = service;
        this.memory = memory;
        this.identity = identity;
        this.virtio = virtio;
    }

    /** Claims the registers as ports. */
    public void claimPorts(DeviceSite site, int first) {
        site.claimPorts(first, RegisterLayout.WIDTH, Delivery.CALL, this::command);
        int rest = RegisterLayout.RESULT;
        site.claimPorts(first + rest, RegisterLayout.SIZE - rest, registers(rest));
    }

    /** Claims the registers in memory. */
    public void claimMmio(DeviceSite site, long gpa) {
        site.claimMmio(gpa, RegisterLayout.WIDTH, Delivery.CALL, this::command);
        int rest = RegisterLayout.RESULT;
        site.claimMmio(gpa + rest, RegisterLayout.SIZE - rest, registers(rest));
    }

    private Bank bank(int vcpu) {
        Bank bank = banks.get(vcpu);
        if (bank == null) {
            bank = new Bank();
            banks.set(vcpu, bank);
        }
        return bank;
    }

    private Future<Long> command(Access access) {
        if (!access.write() || access.size() != RegisterLayout.WIDTH || access.offset() != 0) {
            return Future.succeededFuture(0L);
        }
        Bank bank = bank(access.vcpu());
        return new AwaitedRequest(memory)
                .run(service, (int) access.value() & 0xffff, bank.offset, bank.gpa, bank.bytes & 0xffff_ffffL)
                .map(result -> {
                    bank.result = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, result));
                    return 0L;
                });
    }

    private InlineAccessHandler registers(int first) {
        return new InlineAccessHandler() {
            @Override
            public long read(int vcpu, long offset, int size) {
                return size == RegisterLayout.WIDTH ? get(bank(vcpu), (int) offset + first) & 0xffff_ffffL : 0;
            }

            @Override
            public void write(int vcpu, long offset, int size, long value) {
                if (size == RegisterLayout.WIDTH) {
                    put(bank(vcpu), (int) offset + first, (int) value);
                }
            }
        };
    }

    private int get(Bank bank, int register) {
        return switch (register) {
            case RegisterLayout.RESULT -> bank.result;
            case RegisterLayout.OFFSET -> (int) bank.offset;
            case RegisterLayout.OFFSET + RegisterLayout.WIDTH -> (int) (bank.offset >>> Integer.SIZE);
            case RegisterLayout.GPA -> (int) bank.gpa;
            case RegisterLayout.GPA + RegisterLayout.WIDTH -> (int) (bank.gpa >>> Integer.SIZE);
            case RegisterLayout.BYTES -> bank.bytes;
            case RegisterLayout.MAGIC -> RegisterLayout.MAGIC_VALUE;
            case RegisterLayout.TYPE -> identity.type();
            case RegisterLayout.PARAMETER -> (int) identity.parameter();
            case RegisterLayout.PARAMETER + RegisterLayout.WIDTH -> (int) (identity.parameter() >>> Integer.SIZE);
            case RegisterLayout.FLAGS -> identity.flags();
            case RegisterLayout.VIRTIO -> virtio;
            case RegisterLayout.ADDRESS -> (int) identity.address();
            case RegisterLayout.ADDRESS + RegisterLayout.WIDTH -> (int) (identity.address() >>> Integer.SIZE);
            default -> 0;
        };
    }

    private static void put(Bank bank, int register, int value) {
        switch (register) {
            case RegisterLayout.OFFSET -> bank.offset = withLow(bank.offset, value);
            case RegisterLayout.OFFSET + RegisterLayout.WIDTH -> bank.offset = withHigh(bank.offset, value);
            case RegisterLayout.GPA -> bank.gpa = withLow(bank.gpa, value);
            case RegisterLayout.GPA + RegisterLayout.WIDTH -> bank.gpa = withHigh(bank.gpa, value);
            case RegisterLayout.BYTES -> bank.bytes = value;
            default -> {
                // The others cannot be written.
            }
        }
    }

    private static long withLow(long whole, int low) {
        return whole & 0xffff_ffff_0000_0000L | low & 0xffff_ffffL;
    }

    private static long withHigh(long whole, int high) {
        return whole & 0xffff_ffffL | (long) high << Integer.SIZE;
    }
}
