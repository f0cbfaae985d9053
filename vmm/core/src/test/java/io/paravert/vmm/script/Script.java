package io.paravert.vmm.script;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** The guest code of one vCPU: asked for each next step with what the step before gave. Called on the vCPU's thread. */
@FunctionalInterface
public interface Script {
    /** @param previous what {@link Step#complete} of the step before returned; 0 for the first */
    Step next(long previous);

    /** These steps, then waiting for kicks for ever. */
    static Script of(Step... steps) {
        return of(Arrays.asList(steps));
    }

    static Script of(List<Step> steps) {
        Iterator<Step> iterator = steps.iterator();
        return previous -> iterator.hasNext() ? iterator.next() : Step.spin();
    }

    /** The same step again and again. */
    static Script forever(Step step) {
        return previous -> step;
    }
}
