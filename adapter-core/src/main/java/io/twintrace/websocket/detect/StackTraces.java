package io.twintrace.websocket.detect;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads stack traces for the report. A stack begins where the application calls the library: with one frame of the
 * library, its public method, followed by the application's frames. The library's frames are known by their package and
 * the public method by its name, so no class of the library matters here.
 */
final class StackTraces {
    /** The package above this one, which all of the library is in. */
    private static final String LIBRARY = parent(WriteDetector.class.getPackageName());

    private static final String[] PLATFORM = {"java.", "javax.", "jdk.", "sun.", "com.sun."};

    /** The containers, and Gson, which calls serializers. */
    private static final String[] CONTAINERS = {
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

    /** Of the public methods that are guarded. */
    private static final Set<String> METHODS =
            Arrays.stream(Operation.values()).map(Operation::simpleName).collect(Collectors.toUnmodifiableSet());

    private static final int MAX_INNERMOST = 20;

    private StackTraces() {}

    private static String parent(String packageName) {
        return packageName.substring(0, packageName.lastIndexOf('.') + 1);
    }

    /** The innermost frame that is neither the library's, nor the platform's, nor the container's. */
    static Optional<StackTraceElement> applicationFrame(List<StackTraceElement> stack) {
        return stack.stream().filter(StackTraces::isApplications).findFirst();
    }

    /**
     * The application's caller of the outer one of two calls of an operation, where a stack is inside both, as in a
     * serializer that writes JSON to another connection. The stack does not tell which of them is meant.
     */
    static Optional<StackTraceElement> outerCaller(String operation, List<StackTraceElement> stack) {
        StackTraceElement[] frames = stack.toArray(NO_STACK);
        Set<String> method = Set.of(simpleName(operation));
        int inner = publicMethod(method, frames, 0);
        int outer = inner < 0 ? -1 : publicMethod(method, frames, inner + 1);
        return outer < 0 ? Optional.empty() : applicationFrame(stack.subList(outer, stack.size()));
    }

    /** The frame as a link that tools understand, without the module and class loader. */
    static String place(StackTraceElement frame) {
        String file = frame.getFileName() == null ? "Unknown Source" : frame.getFileName();
        String line = frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber();
        return frame.getClassName() + '.' + frame.getMethodName() + '(' + file + line + ')';
    }

    /** The calling thread's stack, from the application's call of that operation on. */
    static StackTraceElement[] ofCaller(Operation operation) {
        return inside(operation, new Throwable().getStackTrace());
    }

    /**
     * The innermost frames of it. For a trace that a connection keeps for life, whether or not a report needs it: the
     * application's frame is near the library's.
     */
    static StackTraceElement[] innermostOfCaller(Operation operation) {
        StackTraceElement[] innermost = StackWalker.getInstance()
                .walk(frames -> frames.limit(MAX_INNERMOST)
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .toArray(StackTraceElement[]::new));
        return inside(operation, innermost);
    }

    /**
     * The stack of a thread inside that operation, from the application's call on. Leaves out a call on another
     * connection that runs inside it, such as a serializer's, which could be mistaken for this one.
     *
     * @param operation null where it is not known; then the innermost call of a guarded method is taken for it
     */
    static StackTraceElement[] inside(Operation operation, StackTraceElement[] stack) {
        int call = publicMethod(operation == null ? METHODS : Set.of(operation.simpleName()), stack, 0);
        if (call < 0) {
            return plain(stack);
        }
        StackTraceElement[] cut = plain(Arrays.copyOfRange(stack, call, stack.length));
        Operation called = operation != null ? operation : named(cut[0].getMethodName());
        cut[0] = asCalled(called, cut[0]);
        return cut;
    }

    /** The library's frame as the application knows it: the method of the public type, not of the class behind it. */
    private static StackTraceElement asCalled(Operation operation, StackTraceElement frame) {
        String type = operation.owner();
        return new StackTraceElement(
                null, frame.getModuleName(), null, LIBRARY + type, frame.getMethodName(), type + ".java", -1);
    }

    /** Null for none. */
    private static Operation named(String method) {
        for (Operation operation : Operation.values()) {
            if (operation.simpleName().equals(method)) {
                return operation;
            }
        }
        return null;
    }

    /** Where a thread is, whether or not it is inside a call. */
    static StackTraceElement[] anywhere(StackTraceElement[] stack) {
        return plain(stack);
    }

    /** The operation whose public method a stack begins with, as {@link #inside} gives it for one that is not known. */
    static String operationOf(StackTraceElement[] stack) {
        Operation found = stack.length > 0 && isLibrarys(stack[0]) ? named(stack[0].getMethodName()) : null;
        return found == null ? "a write" : found.methodName();
    }

    /**
     * The public method of one of these names that the application has called; the innermost one, where there are several.
     *
     * @return its place in the stack; negative for none
     */
    private static int publicMethod(Set<String> names, StackTraceElement[] stack, int from) {
        int found = -1;
        for (int i = from; i < stack.length; i++) {
            if (isLibrarys(stack[i])) {
                boolean isOverload = found == i - 1 && found >= from && isSameClass(stack[i], stack[found]);
                if (isOverload || names.contains(stack[i].getMethodName())) {
                    found = i; // the library may call it by itself: its outermost frame is the public one
                }
            } else if (found >= 0 && !isPlatforms(stack[i])) {
                break;
            }
        }
        return found;
    }

    private static boolean isSameClass(StackTraceElement one, StackTraceElement other) {
        return one.getClassName().equals(other.getClassName());
    }

    private static String simpleName(String operation) {
        return operation.substring(operation.indexOf('.') + 1);
    }

    private static boolean isApplications(StackTraceElement frame) {
        return !isLibrarys(frame) && !isPlatforms(frame) && !isOfAny(frame, CONTAINERS);
    }

    private static boolean isLibrarys(StackTraceElement frame) {
        return frame.getClassName().startsWith(LIBRARY) && !isHidden(frame);
    }

    private static boolean isPlatforms(StackTraceElement frame) {
        return isOfAny(frame, PLATFORM) || isHidden(frame);
    }

    private static boolean isHidden(StackTraceElement frame) {
        return frame.getClassName().contains(HIDDEN_CLASS);
    }

    private static boolean isOfAny(StackTraceElement frame, String[] packages) {
        for (String each : packages) {
            if (frame.getClassName().startsWith(each)) {
                return true;
            }
        }
        return false;
    }

    /** The stack with a label before its outermost frame, where the name of a class loader would stand. */
    static StackTraceElement[] labelled(List<StackTraceElement> stack, String label) {
        StackTraceElement[] frames = stack.toArray(NO_STACK);
        if (frames.length > 0) {
            StackTraceElement outermost = frames[frames.length - 1];
            frames[frames.length - 1] = loadedBy(label, outermost);
        }
        return frames;
    }

    private static StackTraceElement[] plain(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .filter(frame -> !isHidden(frame))
                .map(frame -> loadedBy(null, frame))
                .toArray(StackTraceElement[]::new);
    }

    /**
     * As an exception of the thread itself would show it: a sampled frame names class loader and version as well. And
     * without the class, which such a frame holds on to in JDK 17, and which would keep an application in memory for as
     * long as its report is kept.
     */
    private static StackTraceElement loadedBy(String loader, StackTraceElement frame) {
        return new StackTraceElement(
                loader,
                frame.getModuleName(),
                null,
                frame.getClassName(),
                frame.getMethodName(),
                frame.getFileName(),
                frame.getLineNumber());
    }
}
