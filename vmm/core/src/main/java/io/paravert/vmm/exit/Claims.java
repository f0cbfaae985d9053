package io.paravert.vmm.exit;

import io.paravert.device.ClaimException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Who serves what in one machine. Changes make a new {@link Snapshot} and swap it in at once, so that a vCPU sees all of a
 * device or nothing of it, and devices may come and go while the guest runs. Any thread.
 */
public final class Claims {
    private volatile Snapshot current = new Snapshot(
            ClaimTable.empty(ClaimKind.PORT), ClaimTable.empty(ClaimKind.MMIO), ClaimTable.empty(ClaimKind.HYPERCALL));

    /** The tables at one moment. */
    public record Snapshot(ClaimTable ports, ClaimTable mmio, ClaimTable hypercalls) {
        public List<Claim> all() {
            List<Claim> all = new ArrayList<>(ports.all());
            all.addAll(mmio.all());
            all.addAll(hypercalls.all());
            return all;
        }
    }

    public Snapshot current() {
        return current;
    }

    /**
     * Adds all or none.
     *
     * @throws ClaimException if a range is empty, out of bounds, or taken
     */
    public synchronized void add(List<Claim> claims) {
        Snapshot next = current;
        for (Claim claim : claims) {
            next = switch (claim.kind()) {
                case PORT -> new Snapshot(next.ports.with(claim), next.mmio, next.hypercalls);
                case MMIO -> new Snapshot(next.ports, next.mmio.with(claim), next.hypercalls);
                case HYPERCALL -> new Snapshot(next.ports, next.mmio, next.hypercalls.with(claim));
            };
        }
        current = next;
    }

    /**
     * Moves what an owner has of MMIO within {@code [from, from + length)} to where {@code from} becomes {@code to}, or nothing.
     *
     * @throws ClaimException if something there is out of bounds or taken
     */
    public synchronized void moveMmio(ClaimOwner owner, long from, long length, long to) {
        Snapshot now = current;
        Predicate<Claim> moves =
                c -> c.owner() == owner && c.first() >= from && c.first() - from <= length - c.length();
        ClaimTable next = now.mmio.without(moves);
        for (Claim claim : now.mmio.all()) {
            if (moves.test(claim)) {
                next = next.with(claim.at(claim.first() - from + to));
            }
        }
        current = new Snapshot(now.ports, next, now.hypercalls);
    }

    /** Takes away all that an owner has. */
    public synchronized void removeAll(ClaimOwner owner) {
        Snapshot now = current;
        current = new Snapshot(
                now.ports.without(c -> c.owner() == owner),
                now.mmio.without(c -> c.owner() == owner),
                now.hypercalls.without(c -> c.owner() == owner));
    }
}
