package io.paravert.vmm.exit;

import io.paravert.device.ClaimException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All claims of one kind, sorted, none overlapping; immutable. */
public final class ClaimTable {
    private static final Claim[] NONE = {};

    private final ClaimKind kind;
    private final Claim[] claims;
    /** First places of the claims, beside each other, so that the search touches one array. */
    private final long[] firsts;

    private ClaimTable(ClaimKind kind, Claim[] claims) {
        this.kind = kind;
        this.claims = claims;
        this.firsts = Arrays.stream(claims).mapToLong(Claim::first).toArray();
    }

    public static ClaimTable empty(ClaimKind kind) {
        return new ClaimTable(kind, NONE);
    }

    /** The claim that holds all of {@code [place, place + size)}, or null. */
    public @Nullable Claim find(long place, int size) {
        int from = 0;
        int to = firsts.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (firsts[middle] <= place) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        if (from == 0) {
            return null;
        }
        Claim claim = claims[from - 1];
        return place - claim.first() <= claim.length() - size ? claim : null;
    }

    /** True if nobody claims any of {@code [first, first + length)}. */
    public boolean isFree(long first, long length) {
        return Arrays.stream(claims).noneMatch(c -> first < c.first() + c.length() && c.first() < first + length);
    }

    public List<Claim> all() {
        return List.of(claims);
    }

    /** @throws ClaimException if the range is empty, out of bounds, or taken */
    ClaimTable with(Claim claim) {
        if (claim.length() <= 0 || claim.first() < 0 || claim.length() > kind.limit() - claim.first()) {
            throw new ClaimException(claim.owner().name() + " claims " + kind.noun() + "s from 0x"
                    + Long.toHexString(claim.first()) + ", " + claim.length() + " of them: give at least 1, below 0x"
                    + Long.toHexString(kind.limit()));
        }
        for (Claim other : claims) {
            if (claim.first() < other.first() + other.length() && other.first() < claim.first() + claim.length()) {
                throw new ClaimException(claim.describe() + " overlap " + other.describe());
            }
        }
        Claim[] more = Arrays.copyOf(claims, claims.length + 1);
        more[claims.length] = claim;
        Arrays.sort(more, Comparator.comparingLong(Claim::first));
        return new ClaimTable(kind, more);
    }

    ClaimTable without(Predicate<Claim> gone) {
        return new ClaimTable(kind, Arrays.stream(claims).filter(gone.negate()).toArray(Claim[]::new));
    }
}
