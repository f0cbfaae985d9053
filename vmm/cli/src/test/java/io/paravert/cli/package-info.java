/** Commands called in this process, and the launcher with a Maven and a Java that do what a test says. */
package io.paravert.cli;
