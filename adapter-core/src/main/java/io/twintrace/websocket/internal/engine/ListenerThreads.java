package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What connections that call a listener share: who runs what cannot run where it came up, and whom they complain to.
 *
 * @param starter runs a task on a thread of its own, which is called by the name meanwhile and may be blocked
 * @param contextClassLoader of the threads that call the listener, while they do
 * @param errors told of everything that goes wrong, before the listener is
 * @param warnings told what else belongs in the log
 */
public record ListenerThreads(
        BiConsumer<String, Runnable> starter,
        ClassLoader contextClassLoader,
        BiConsumer<WebSocketConnection, Throwable> errors,
        Consumer<String> warnings) {}
