package io.paravert.guest.junit;

import io.paravert.guest.GuestSource;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a parameter of type {@link GuestRun}: the guest is run to its end before the test begins. */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Guest {
    /** Makes the program; it has a constructor without parameters. An {@code ExampleGuest} also says its vCPUs and devices. */
    Class<? extends GuestSource> value();

    /** RAM, MiB. */
    int memoryMib() default 64;

    /** vCPUs; 0 takes what the guest wants, or one. */
    int vcpus() default 0;
}
