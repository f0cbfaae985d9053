package io.paravert.kvm;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test on the real {@code /dev/kvm}. It is skipped where there is none, and where the user may not open it; but with CI=true
 * a device that exists must be used, so that the test runs there and fails with the engine's own explanation.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnKvm.Condition.class)
@Tag("kvm")
@interface OnKvm {
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            java.io.File device = new java.io.File(KvmDevice.PATH);
            if (!device.exists()) {
                return ConditionEvaluationResult.disabled("there is no " + KvmDevice.PATH);
            }
            boolean mine = device.canRead() && device.canWrite();
            return mine || "true".equals(System.getenv("CI"))
                    ? ConditionEvaluationResult.enabled(KvmDevice.PATH + " is there")
                    : ConditionEvaluationResult.disabled("this user may not open " + KvmDevice.PATH);
        }
    }
}
