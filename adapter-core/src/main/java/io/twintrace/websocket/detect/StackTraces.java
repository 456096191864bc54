package io.twintrace.websocket.detect;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads stack traces for the report. */
final class StackTraces {
    private static final String DETECTOR_PACKAGE = WriteDetector.class.getPackageName() + ".";

    /** The package whose classes hold the guarded methods: the one above this one. */
    private static final String ENGINE_PACKAGE =
            DETECTOR_PACKAGE.substring(0, DETECTOR_PACKAGE.length() - "detect.".length());

    /** By name, since a runtime image without the module jdk.jfr cannot load the class. */
    private static final String EVENT = DETECTOR_PACKAGE + "ConcurrentWriteEvent";

    /** Whose code is not the application's: the platform's, the containers', Gson's, which calls serializers. */
    private static final String[] NOT_APPLICATION = {
        ENGINE_PACKAGE,
        "java.",
        "javax.",
        "jdk.",
        "sun.",
        "com.sun.",
        "jakarta.",
        "org.eclipse.jetty.",
        "org.apache.catalina.",
        "org.apache.coyote.",
        "org.apache.tomcat.",
        "io.undertow.",
        "org.xnio.",
        "org.jboss.",
        "org.wildfly.",
        "org.glassfish.",
        "org.springframework.",
        "com.google.gson."
    };

    /** What the platform makes for lambdas: it shows in sampled stacks alone, and tells nothing. */
    private static final String HIDDEN_CLASS = "$$Lambda";

    static final StackTraceElement[] NO_STACK = {};

    private static final int MAX_INNERMOST = 20;

    private StackTraces() {}

    /**
     * The innermost frame that is neither the library's nor the container's; where the stack is inside a write method,
     * the one that called it, and not a serializer or stream of the application's that runs within.
     */
    static Optional<StackTraceElement> applicationFrame(List<StackTraceElement> stack) {
        int inside = 0;
        while (inside < stack.size() && operationOf(stack.get(inside)).isEmpty()) {
            inside++;
        }
        int from = inside < stack.size() ? inside : 0;
        return stack.stream().skip(from).filter(StackTraces::isApplications).findFirst();
    }

    /**
     * The caller of the outer one of two calls of an operation, where a stack is inside both, as in a serializer that
     * writes JSON to another connection. The stack does not tell which of them is meant.
     */
    static Optional<StackTraceElement> outerCaller(String operation, List<StackTraceElement> stack) {
        int calls = 0;
        boolean inside = false;
        for (StackTraceElement frame : stack) {
            boolean calledByItself = inside; // a method that calls another one of its name is one call
            inside = operationOf(frame)
                    .filter(found -> found.methodName().equals(operation))
                    .isPresent();
            if (inside) {
                calls += calledByItself ? 0 : 1;
            } else if (calls > 1 && isApplications(frame)) {
                return Optional.of(frame);
            }
        }
        return Optional.empty();
    }

    private static boolean isApplications(StackTraceElement frame) {
        for (String prefix : NOT_APPLICATION) {
            if (frame.getClassName().startsWith(prefix)) {
                return false;
            }
        }
        return true;
    }

    /** The frame as a link that tools understand, without the module and class loader. */
    static String place(StackTraceElement frame) {
        String file = frame.getFileName() == null ? "Unknown Source" : frame.getFileName();
        String line = frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber();
        return frame.getClassName() + '.' + frame.getMethodName() + '(' + file + line + ')';
    }

    /** The trace of the calling thread, from the write method on. */
    static StackTraceElement[] ofCaller(Throwable here) {
        return withoutDetector(here.getStackTrace());
    }

    /**
     * The innermost frames of the calling thread, from the write method on. For a trace that a connection keeps for
     * life, whether or not a report needs it: the application's frame is near the write method.
     */
    static StackTraceElement[] innermostOfCaller() {
        StackTraceElement[] innermost = StackWalker.getInstance()
                .walk(frames -> frames.limit(MAX_INNERMOST)
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .toArray(StackTraceElement[]::new));
        return withoutDetector(innermost);
    }

    /**
     * The trace without the detector's own frames, and what of the platform they called, so that the write method comes
     * first; and without what the platform makes up. Only those on top: further down, the detector may be calling a
     * listener that writes to another connection.
     */
    static StackTraceElement[] withoutDetector(StackTraceElement[] stack) {
        int writeMethod = 0;
        for (int i = 0; i < stack.length && (isDetectors(stack[i]) || isPlatforms(stack[i])); i++) {
            if (isDetectors(stack[i])) {
                writeMethod = i + 1;
            }
        }
        return Arrays.stream(stack, writeMethod, stack.length)
                .filter(frame -> !frame.getClassName().contains(HIDDEN_CLASS))
                .map(StackTraces::plain)
                .toArray(StackTraceElement[]::new);
    }

    /**
     * The sampled stack of a thread inside that operation, or in one that is not known, without the detector's own
     * frames; and without a write to another connection that runs inside it, such as a serializer's, which would else
     * be taken for this one.
     */
    static StackTraceElement[] inside(Operation operation, StackTraceElement[] sampled) {
        StackTraceElement[] stack = withoutDetector(sampled);
        Optional<Operation> innermost = Optional.empty();
        for (int i = 0; i < stack.length && operation != null; i++) {
            Optional<Operation> found = operationOf(stack[i]);
            if (found.isPresent() && found.get() == operation) {
                return innermost.isEmpty() ? stack : Arrays.copyOfRange(stack, i, stack.length);
            }
            innermost = innermost.or(() -> found);
        }
        return stack;
    }

    /** The stack with a label before its outermost frame, where the name of a class loader would stand. */
    static StackTraceElement[] labelled(List<StackTraceElement> stack, String label) {
        StackTraceElement[] frames = stack.toArray(NO_STACK);
        if (frames.length > 0) {
            StackTraceElement outermost = frames[frames.length - 1];
            frames[frames.length - 1] = named(label, outermost);
        }
        return frames;
    }

    /**
     * As an exception of the thread itself would show it: a sampled frame names class loader and version as well. And
     * without the class, which such a frame holds on to in JDK 17, and which would keep an application in memory for as
     * long as its report is kept.
     */
    private static StackTraceElement plain(StackTraceElement frame) {
        return named(null, frame);
    }

    private static StackTraceElement named(String loader, StackTraceElement frame) {
        return new StackTraceElement(
                loader,
                frame.getModuleName(),
                null,
                frame.getClassName(),
                frame.getMethodName(),
                frame.getFileName(),
                frame.getLineNumber());
    }

    /** The guarded operation nearest to the top of a sampled stack. */
    static String operationIn(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .map(StackTraces::operationOf)
                .flatMap(Optional::stream)
                .findFirst()
                .map(Operation::methodName)
                .orElse("a write");
    }

    /** The guarded operation that a frame is the public method of. */
    private static Optional<Operation> operationOf(StackTraceElement frame) {
        if (!frame.getClassName().startsWith(ENGINE_PACKAGE)) {
            return Optional.empty();
        }
        return Arrays.stream(Operation.values())
                .filter(operation -> names(frame, operation.methodName()))
                .findFirst();
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
                || name.equals(ConflictFailures.class.getName())
                || name.equals(DisciplineKeeper.class.getName())
                || name.equals(KnownThread.class.getName())
                || name.equals(WriteDiscipline.class.getName())
                || name.startsWith(WriteDiscipline.class.getName() + "$")
                || name.equals(StackTraces.class.getName())
                || name.equals(ConcurrentWrites.class.getName())
                || name.equals(WideWindow.class.getName())
                || name.equals(EVENT);
    }

    private static boolean isPlatforms(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.");
    }
}
