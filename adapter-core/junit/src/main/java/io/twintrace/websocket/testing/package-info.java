/**
 * For the tests of applications: fails a test in which two threads wrote to one connection, even if the application
 * swallowed the exceptions. Needs JUnit Jupiter.
 */
package io.twintrace.websocket.testing;
