/**
 * The devices that come with the monitor: block, net, console, entropy, balloon, clock, shared window. Each is one set of request
 * logic in a package of its own, and knows neither engine nor monitor; the paths by which a guest reaches it stand beside it.
 */
@org.jspecify.annotations.NullMarked
package io.paravert.devices;
