package io.twintrace.websocket.detect;

import java.util.Arrays;

/** Reads stack traces for the report. */
final class StackTraces {
    private static final String DETECTOR_PACKAGE = WriteDetector.class.getPackageName() + ".";

    /** The package whose classes hold the guarded methods: the one above this one. */
    private static final String ENGINE_PACKAGE =
            DETECTOR_PACKAGE.substring(0, DETECTOR_PACKAGE.length() - "detect.".length());

    /** By name, since a runtime image without the module jdk.jfr cannot load the class. */
    private static final String EVENT = DETECTOR_PACKAGE + "ConcurrentWriteEvent";

    private StackTraces() {}

    /** The trace of the calling thread, from the write method on. */
    static StackTraceElement[] ofCaller(Throwable here) {
        return withoutDetector(here.getStackTrace());
    }

    /**
     * The trace without the detector's own frames, and what of the platform they called, so that the write method comes
     * first. Only those on top: further down, the detector may be calling a listener that writes to another connection.
     */
    static StackTraceElement[] withoutDetector(StackTraceElement[] stack) {
        int writeMethod = 0;
        for (int i = 0; i < stack.length && (isDetectors(stack[i]) || isPlatforms(stack[i])); i++) {
            if (isDetectors(stack[i])) {
                writeMethod = i + 1;
            }
        }
        return Arrays.copyOfRange(stack, writeMethod, stack.length);
    }

    /** The guarded operation nearest to the top of a sampled stack. */
    static String operationIn(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().startsWith(ENGINE_PACKAGE)) {
                for (Operation operation : Operation.values()) {
                    if (names(frame, operation.methodName())) {
                        return operation.methodName();
                    }
                }
            }
        }
        return "a write";
    }

    private static boolean names(StackTraceElement frame, String methodName) {
        int dot = methodName.indexOf('.');
        if (dot < 0) {
            return frame.getMethodName().equals(methodName)
                    && frame.getClassName().endsWith(".WebSocketConnection");
        }
        return frame.getMethodName().equals(methodName.substring(dot + 1))
                && frame.getClassName().endsWith("." + methodName.substring(0, dot));
    }

    private static boolean isDetectors(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.equals(WriteDetector.class.getName())
                || name.equals(Conflict.class.getName())
                || name.equals(StackTraces.class.getName())
                || name.equals(EVENT);
    }

    private static boolean isPlatforms(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.");
    }
}
