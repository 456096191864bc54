/**
 * For the tests of applications: fails a test in which two threads wrote to one connection, even if the application
 * swallowed the exceptions. Part of the artifact {@code adapter-core} of type {@code test-jar}; needs JUnit Jupiter.
 */
package io.twintrace.websocket.testing;
