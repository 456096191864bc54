package io.twintrace.websocket.jetty;

import java.util.List;

/** The library's threads in this virtual machine. */
final class TestThreads {
    private static final boolean HAVE_VIRTUAL = Runtime.version().feature() >= 21;

    private TestThreads() {}

    /** Names of platform threads that serve a connection now. No list of threads contains virtual ones. */
    static List<String> handlers() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("websocket-") && !name.contains("idle"))
                .toList();
    }

    /** Whether a thread is virtual; always false before JDK 21. */
    static boolean isVirtual(Thread thread) throws ReflectiveOperationException {
        return HAVE_VIRTUAL && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    }

    static boolean shouldBeVirtual() {
        return HAVE_VIRTUAL;
    }
}
