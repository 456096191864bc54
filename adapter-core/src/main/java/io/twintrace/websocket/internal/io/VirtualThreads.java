package io.twintrace.websocket.internal.io;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Creates virtual threads on JDK 21 or later, from bytecode that also runs on JDK 17. Public only because the packages
 * of this library share it.
 */
public final class VirtualThreads {
    /** {@code Thread.ofVirtual().inheritInheritableThreadLocals(false).unstarted(Runnable)}, or null before JDK 21. */
    private static final MethodHandle NEW_VIRTUAL_THREAD = find();

    /** {@code Thread.isVirtual()}, or null before JDK 21. */
    private static final MethodHandle IS_VIRTUAL = findIsVirtual();

    private VirtualThreads() {}

    /** Returns whether the platform has virtual threads. */
    public static boolean exist() {
        return NEW_VIRTUAL_THREAD != null;
    }

    /**
     * Creates a virtual thread that inherits no thread-locals, and does not start it.
     *
     * @throws IllegalStateException if the platform has none
     */
    public static Thread unstarted(Runnable task) {
        if (NEW_VIRTUAL_THREAD == null) {
            throw new IllegalStateException("this platform has no virtual threads: they need JDK 21 or later");
        }
        try {
            return (Thread) NEW_VIRTUAL_THREAD.invoke(task);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot create a virtual thread", e);
        }
    }

    /**
     * Runs a task on a virtual thread with this name and context class loader.
     *
     * @throws IllegalStateException if the platform has none
     */
    public static void start(String name, ClassLoader contextClassLoader, Runnable task) {
        Thread thread = unstarted(task);
        thread.setName(name);
        thread.setContextClassLoader(contextClassLoader);
        thread.start();
    }

    /** Returns whether a thread is virtual. */
    public static boolean isVirtual(Thread thread) {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invoke(thread);
        } catch (Throwable e) {
            throw new IllegalStateException("cannot tell whether a thread is virtual", e);
        }
    }

    private static MethodHandle findIsVirtual() {
        if (NEW_VIRTUAL_THREAD == null) {
            return null; // JDK 19 and 20 have the method, but as a preview that throws
        }
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static MethodHandle find() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle inherit = lookup.findVirtual(
                    ofVirtual, "inheritInheritableThreadLocals", MethodType.methodType(ofVirtual, boolean.class));
            MethodHandle builder = MethodHandles.filterReturnValue(
                    lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual)),
                    MethodHandles.insertArguments(inherit, 1, false));
            MethodHandle unstarted =
                    lookup.findVirtual(ofVirtual, "unstarted", MethodType.methodType(Thread.class, Runnable.class));
            return MethodHandles.foldArguments(unstarted, builder);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
