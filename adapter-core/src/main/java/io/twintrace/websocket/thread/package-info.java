/** Threads, whatever the platform's kind. Uses the JDK alone. */
package io.twintrace.websocket.thread;
