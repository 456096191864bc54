package io.twintrace.websocket.detect;

import java.util.Arrays;

/** Reads stack traces for the report. */
final class StackTraces {
    private static final String DETECTOR_PACKAGE = WriteDetector.class.getPackageName() + ".";

    /** The package whose classes hold the guarded methods: the one above this one. */
    private static final String ENGINE_PACKAGE =
            DETECTOR_PACKAGE.substring(0, DETECTOR_PACKAGE.length() - "detect.".length());

    private StackTraces() {}

    /** The trace without the detector's own frames on top, so that the write method comes first. */
    static StackTraceElement[] ofCaller(Throwable here) {
        return ofCaller(here.getStackTrace());
    }

    /** The same for a stack that was sampled inside the detector, or in what the detector called. */
    static StackTraceElement[] ofCaller(StackTraceElement[] stack) {
        int top = 0;
        while (top < stack.length && !isDetectors(stack[top])) {
            top++;
        }
        if (top == stack.length) {
            return stack;
        }
        while (top < stack.length - 1 && isDetectors(stack[top])) {
            top++;
        }
        return Arrays.copyOfRange(stack, top, stack.length);
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
        return name.equals(WriteDetector.class.getName()) || name.equals(Conflict.class.getName());
    }
}
