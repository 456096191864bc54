package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Holds what connections that call a listener share: threads for tasks that cannot run where they arise, and the log.
 *
 * @param starter runs a task on a thread of its own, which has this name meanwhile and may be blocked
 * @param contextClassLoader the context class loader of threads while they call the listener
 * @param errors receives every error, before the listener does
 * @param warnings receives other messages for the log
 */
public record ListenerThreads(
        BiConsumer<String, Runnable> starter,
        ClassLoader contextClassLoader,
        BiConsumer<WebSocketConnection, Throwable> errors,
        Consumer<String> warnings) {}
