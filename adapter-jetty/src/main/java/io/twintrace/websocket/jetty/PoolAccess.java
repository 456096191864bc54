package io.twintrace.websocket.jetty;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;

/**
 * Takes buffers from Jetty's pool in 12.1 and in 12.0. The result type of {@link ByteBufferPool#acquire} differs, so a
 * class that is compiled against one of them does not find the method in the other.
 */
final class PoolAccess {
    /** A constant, which the compiler inlines: as fast as the call itself. */
    private static final MethodHandle ACQUIRE = findAcquire();

    private PoolAccess() {}

    private static MethodHandle findAcquire() {
        try {
            return MethodHandles.publicLookup()
                    .unreflect(ByteBufferPool.class.getMethod("acquire", int.class, boolean.class))
                    .asType(methodType(RetainableByteBuffer.class, ByteBufferPool.class, int.class, boolean.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this Jetty is neither 12.0 nor 12.1: its ByteBufferPool is another one", e);
        }
    }

    /** A buffer outside the heap, of that size at least. */
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
