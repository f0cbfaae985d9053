/** kvm. */
@org.jspecify.annotations.NullMarked
package io.paravert.kvm;
