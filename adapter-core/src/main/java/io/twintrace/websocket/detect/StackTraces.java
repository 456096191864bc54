package io.twintrace.websocket.detect;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Cuts stack traces for the report. A stack begins where the application calls the library: with one library frame, the
 * public method, followed by the application's frames. Library frames are recognized by package and the public method
 * by name, so this class depends on no class of the library.
 */
final class StackTraces {
    /** The parent package, which contains the whole library. */
    private static final String LIBRARY = parent(WriteDetector.class.getPackageName());

    private static final String[] PLATFORM = {"java.", "javax.", "jdk.", "sun.", "com.sun."};

    /** Containers and frameworks, and Gson, which calls serializers. */
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
        "io.twintrace.agent.",
        "com.ibm.ws.",
        "io.openliberty.",
        "io.helidon.",
        "io.netty.",
        "io.quarkus.",
        "io.vertx.",
        "org.springframework.",
        "reactor.",
        "io.reactivex.",
        "kotlin.",
        "kotlinx.",
        "org.atmosphere.",
        "org.cometd.",
        "io.micrometer.",
        "io.opentelemetry.",
        "com.google.gson."
    };

    /** Part of the names of generated lambda classes. They appear only in sampled stacks, and say nothing. */
    private static final String HIDDEN_CLASS = "$$Lambda";

    static final StackTraceElement[] NO_STACK = {};

    /** The names of the guarded public methods. */
    private static final Set<String> METHODS = Arrays.stream(Operation.values())
            .filter(Operation::isOurs)
            .map(Operation::simpleName)
            .collect(Collectors.toUnmodifiableSet());

    /** The method of a room that makes the first offer. */
    private static final String JOIN = "join";

    /** The public methods that make the first offer. */
    private static final Set<String> FIRST_OFFERS = Set.of("offer", "offerAll", "offerJson", "claim", JOIN);

    private static final int MAX_INNERMOST = 20;

    private StackTraces() {}

    private static String parent(String packageName) {
        return packageName.substring(0, packageName.lastIndexOf('.') + 1);
    }

    /** Returns the innermost frame that belongs to neither the library, the platform nor the container. */
    static Optional<StackTraceElement> applicationFrame(List<StackTraceElement> stack) {
        return stack.stream().filter(StackTraces::isApplications).findFirst();
    }

    /**
     * Returns the innermost application frame whose method the other stack does not have in its place, if the ones
     * before it are the same in both: for example, who has called a common method that sends.
     */
    static Optional<StackTraceElement> firstDifference(List<StackTraceElement> stack, List<StackTraceElement> other) {
        List<StackTraceElement> mine = applicationFrames(stack);
        List<StackTraceElement> others = applicationFrames(other);
        int same = 0;
        while (same < mine.size() && same < others.size() && isSameMethod(mine.get(same), others.get(same))) {
            same++;
        }
        return same == 0
                ? Optional.empty()
                : mine.stream()
                        .skip(same)
                        .filter(frame -> !isSameMethod(frame, mine.get(0)))
                        .findFirst();
    }

    private static boolean isSameMethod(StackTraceElement one, StackTraceElement other) {
        return isSameClass(one, other) && one.getMethodName().equals(other.getMethodName());
    }

    private static List<StackTraceElement> applicationFrames(List<StackTraceElement> stack) {
        return stack.stream().filter(StackTraces::isApplications).toList();
    }

    /**
     * Returns the application's caller of the outer call, if the stack is inside two calls of an operation. For
     * example, a serializer may write JSON to another connection. The stack does not tell which of the two calls is
     * meant.
     */
    static Optional<StackTraceElement> outerCaller(String operation, List<StackTraceElement> stack) {
        StackTraceElement[] frames = stack.toArray(NO_STACK);
        Set<String> method = Set.of(simpleName(operation));
        int inner = publicMethod(method, frames, 0);
        int outer = inner < 0 ? -1 : publicMethod(method, frames, inner + 1);
        return outer < 0 ? Optional.empty() : applicationFrame(stack.subList(outer, stack.size()));
    }

    /** Formats a frame as a link that tools understand, without module and class loader. */
    static String place(StackTraceElement frame) {
        String file = frame.getFileName() == null ? "Unknown Source" : frame.getFileName();
        String line = frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber();
        return frame.getClassName() + '.' + frame.getMethodName() + '(' + file + line + ')';
    }

    /** Returns the calling thread's stack, starting at the application's call of the operation. */
    static StackTraceElement[] ofCaller(Operation operation) {
        return inside(operation, new Throwable().getStackTrace());
    }

    /** Returns the calling thread's whole stack. */
    static StackTraceElement[] ofThisThread() {
        return plain(new Throwable().getStackTrace());
    }

    /**
     * Returns only the innermost frames of that stack. Use this for a trace that a connection keeps for life, even if
     * no report needs it. The application's frame is near the library's.
     */
    static StackTraceElement[] innermostOfCaller(Operation operation) {
        StackTraceElement[] innermost = StackWalker.getInstance()
                .walk(frames -> frames.limit(MAX_INNERMOST)
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .toArray(StackTraceElement[]::new));
        return inside(operation, innermost);
    }

    /**
     * Tells whether the calling thread is inside a guarded method besides the one that is being entered. Counts every
     * class of the entered one's package as guarded.
     */
    static boolean isInsideAnotherGuard() {
        return StackWalker.getInstance()
                .walk(frames -> isInsideAnotherGuard(
                        frames.map(StackWalker.StackFrame::getClassName).iterator()));
    }

    private static boolean isInsideAnotherGuard(Iterator<String> classes) {
        String entered = classes.next();
        while (isDetectors(entered)) {
            entered = classes.next();
        }
        String guards = parent(entered);
        boolean hasReturned = false;
        while (classes.hasNext()) {
            String next = classes.next();
            hasReturned |= !next.equals(entered);
            if (hasReturned && next.startsWith(guards)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDetectors(String className) {
        return className.equals(StackTraces.class.getName())
                || className.equals(WriteDetector.class.getName())
                || className.equals(WriteRules.class.getName());
    }

    /**
     * Returns the stack of a thread inside an operation, starting at the application's call. Leaves out a nested call
     * on another connection, such as a serializer's, because it could be mistaken for this one.
     *
     * @param operation null if unknown; then the innermost call of a guarded method counts
     */
    static StackTraceElement[] inside(Operation operation, StackTraceElement[] stack) {
        int call = publicMethod(operation == null ? METHODS : names(operation), stack, 0);
        if (call < 0 && operation != null && !operation.isOurs()) {
            call = enginesMethod(operation.simpleName(), stack);
        }
        if (call < 0) {
            return plain(stack);
        }
        StackTraceElement[] cut = plain(Arrays.copyOfRange(stack, call, stack.length));
        Operation called = operation != null ? operation : named(cut[0].getMethodName());
        cut[0] = asCalled(called, cut[0]);
        return cut;
    }

    private static Set<String> names(Operation operation) {
        return operation == Operation.FIRST_OFFER ? FIRST_OFFERS : Set.of(operation.simpleName());
    }

    /** Replaces the library frame by the method of the public type, which the application knows. */
    private static StackTraceElement asCalled(Operation operation, StackTraceElement frame) {
        boolean isRooms =
                operation == Operation.FIRST_OFFER && frame.getMethodName().equals(JOIN);
        String type = isRooms ? "Room" : operation.owner();
        String declaring = (operation.isOurs() ? LIBRARY : operation.ownersPackage()) + (isRooms ? "room." : "") + type;
        if (!isLibrarys(frame)) { // another engine's, of which the file's name tells enough
            return new StackTraceElement(declaring, frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
        }
        return new StackTraceElement(
                null, frame.getModuleName(), null, declaring, frame.getMethodName(), type + ".java", -1);
    }

    /** Finds the innermost method of a name, which another engine implements. */
    private static int enginesMethod(String name, StackTraceElement[] stack) {
        for (int i = 0; i < stack.length; i++) {
            if (stack[i].getMethodName().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns null if there is none. */
    private static Operation named(String method) {
        for (Operation operation : Operation.values()) {
            if (operation.isOurs() && operation.simpleName().equals(method)) {
                return operation;
            }
        }
        return null;
    }

    /** Returns the whole stack of a thread, whether or not it is inside a call. */
    static StackTraceElement[] anywhere(StackTraceElement[] stack) {
        return plain(stack);
    }

    /** Names the operation whose public method begins a stack, if {@link #inside} was called without one. */
    static String operationOf(StackTraceElement[] stack) {
        Operation found = stack.length > 0 && isLibrarys(stack[0]) ? named(stack[0].getMethodName()) : null;
        return found == null ? "a write" : found.methodName();
    }

    /**
     * Finds the public method with one of these names that the application called; the innermost one if there are
     * several.
     *
     * @return its index in the stack; negative if there is none
     */
    private static int publicMethod(Set<String> names, StackTraceElement[] stack, int from) {
        int found = -1;
        for (int i = from; i < stack.length; i++) {
            if (isLibrarys(stack[i])) {
                boolean isOverload = found == i - 1 && found >= from && isSameClass(stack[i], stack[found]);
                if (isOverload || names.contains(stack[i].getMethodName())) {
                    found = i; // the library may call it too: the outermost frame is the public one
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

    /** Puts a label before the outermost frame of a stack, in the place of a class loader's name. */
    static StackTraceElement[] labeled(List<StackTraceElement> stack, String label) {
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
     * Makes a frame look like one of the thread's own exception, because a sampled frame also names class loader and
     * version. Also drops the class. In JDK 17 such a frame refers to it, which would keep an application in memory as
     * long as its report.
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
