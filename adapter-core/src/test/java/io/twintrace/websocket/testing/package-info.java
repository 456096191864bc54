/**
 * For the tests of applications: fails the test in which two threads wrote to one connection, whatever the application
 * made of the exceptions. Travels in the artifact {@code adapter-core} of type {@code test-jar}; needs JUnit Jupiter.
 */
package io.twintrace.websocket.testing;
