/**
 * The native reference of the differential tests: runs machine code at ring 3 on the processor underneath.
 *
 * <p>The build checks a seeded sample. The long run, some 30 million states with another seed (minutes):
 *
 * <pre>mvn -pl vmm/engine-soft -am test -Dtest='io.paravert.soft.numeric.**' -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dtest.jvm.args="-Xmx1g -Dnumeric.times=300 -Dnumeric.seed=1"</pre>
 */
package io.paravert.soft.numeric.ring3;
