package io.twintrace.websocket.internal.jetty.endpoint;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;

/**
 * Takes buffers from Jetty's pool in 12.1 and 12.0. The two differ in the result type of
 * {@link ByteBufferPool#acquire}, so a class that is compiled with one of them does not find the method in the other.
 */
final class PoolAccess {
    /** A constant, so that the compiler inlines it and calls are as fast as direct ones. */
    private static final MethodHandle ACQUIRE = findAcquire();

    private PoolAccess() {}

    private static MethodHandle findAcquire() {
        try {
            return MethodHandles.publicLookup()
                    .unreflect(ByteBufferPool.class.getMethod("acquire", int.class, boolean.class))
                    .asType(methodType(RetainableByteBuffer.class, ByteBufferPool.class, int.class, boolean.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this Jetty is neither 12.0 nor 12.1: its ByteBufferPool has no such acquire method", e);
        }
    }

    /** Returns a buffer outside the heap with at least {@code size} bytes. */
    static RetainableByteBuffer acquireDirect(ByteBufferPool pool, int size) {
        try {
            return (RetainableByteBuffer) ACQUIRE.invokeExact(pool, size, true);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError("acquire declares no checked exception", t);
        }
    }
}
