package io.twintrace.websocket.internal.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.PushTransport.Events;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Uses the streams of an unknown container. */
class StreamTransportTest {
    private final BufferPool pool = BufferPool.onHeap(8 * 1024, 4);
    private final Careless out = new Careless();

    /** Writes the whole of the array that it is given, as Undertow does. */
    private static final class Careless extends ServletOutputStream {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            // Always ready.
        }

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException("byte by byte would be slow");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            written.writeBytes(bytes);
        }
    }

    /** Always has more input, and notifies once, as the Servlet API requires. */
    private static class Endless extends ServletInputStream {
        ReadListener listener;
        int bytesRead;

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener newListener) {
            listener = newListener;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("byte by byte would be slow");
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            for (int i = 0; i < length; i++) {
                into[offset + i] = (byte) (bytesRead + i);
            }
            bytesRead += length;
            return length;
        }
    }

    /** Reads all input at each call, like a listener that never blocks, and asks for more. */
    private static final class Eager implements Events {
        private final StreamTransport transport;
        private int bytesRead;

        private Eager(StreamTransport transport) {
            this.transport = transport;
        }

        @Override
        public boolean mayBlock() {
            return false;
        }

        @Override
        public void readable() {
            bytesRead += take(transport);
            transport.awaitInput();
        }

        @Override
        public void written(IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private StreamTransport transport() throws Exception {
        return transport(mock(ServletInputStream.class));
    }

    private StreamTransport transport(ServletInputStream in) throws Exception {
        WebConnection connection = mock(WebConnection.class);
        when(connection.getInputStream()).thenReturn(in);
        when(connection.getOutputStream()).thenReturn(out);
        return new StreamTransport(connection, null, null, pool, message -> {});
    }

    @Test
    void onlyTheGivenBytesAreWrittenEvenIfAContainerIgnoresLengths() throws Exception {
        byte[] secret = "of another connection".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer used = pool.acquire();
        pool.release(used.put(secret));
        ByteBuffer direct = ByteBuffer.allocateDirect(20_000);
        ByteBuffer array = ByteBuffer.allocate(100).position(10).limit(30);
        assertTrue(transport().tryWrite(new ByteBuffer[] {direct, array}));
        assertArrayEquals(new byte[20_020], out.written.toByteArray());
        assertFalse(direct.hasRemaining());
        assertFalse(array.hasRemaining());
        assertEquals(0, pool.lent());
    }

    private static int take(StreamTransport transport) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
        try {
            while (transport.read(buffer) > 0) {
                // Reads until no input is left.
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return buffer.position();
    }

    /** On Undertow it would wait on the thread that serves all connections. */
    @Test
    @Timeout(10)
    void theContainersThreadLeavesAFullInboxAndTheReaderHasItReadOn() throws Exception {
        Endless in = new Endless();
        StreamTransport transport = transport(in);
        transport.start();
        in.listener.onDataAvailable();
        assertEquals(32 * 1024, in.bytesRead);
        ByteBuffer all = ByteBuffer.allocate(1 << 20);
        while (all.hasRemaining()) {
            assertTrue(transport.read(all.limit(Math.min(all.position() + 5000, all.capacity()))) > 0);
            all.limit(all.capacity());
        }
        for (int i = 0; i < all.capacity(); i++) {
            assertEquals((byte) i, all.get(i));
        }
        transport.close();
        assertEquals(0, pool.lent());
    }

    @Test
    @Timeout(10)
    void aListenerThatKeepsUpWithAnEndlessPeerYieldsTheThread() throws Exception {
        Endless in = new Endless();
        StreamTransport transport = transport(in);
        transport.start();
        Queue<Runnable> later = new ArrayDeque<>();
        Eager listener = new Eager(transport);
        transport.onEvents(listener, later::add);
        transport.awaitInput();
        in.listener.onDataAvailable();
        for (int i = 1; i <= 10; i++) {
            assertEquals(i * 64 * 1024, listener.bytesRead);
            assertEquals(1, later.size());
            later.remove().run();
        }
        transport.close();
        assertEquals(0, pool.lent());
    }

    /** The reader asks for more input, and a second reason to read comes just before the failure. */
    @Test
    @Timeout(10)
    void anErrorWhileReadingOnEndsTheStreamForItsReader() throws Exception {
        InternalError why = new InternalError("of the container");
        Endless in = new Endless() {
            @Override
            public int read(byte[] into, int offset, int length) {
                if (bytesRead < 32 * 1024) {
                    return super.read(into, offset, length);
                }
                try {
                    listener.onDataAvailable();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                throw why;
            }
        };
        StreamTransport transport = transport(in);
        transport.start();
        in.listener.onDataAvailable();
        ByteBuffer all = ByteBuffer.allocate(1 << 20);
        IOException failure = assertThrows(IOException.class, () -> {
            while (transport.read(all) >= 0) {
                // Reads until it fails.
            }
        });
        assertSame(why, failure.getCause());
        assertEquals(32 * 1024, all.position());
        transport.close();
        assertEquals(0, pool.lent());
    }

    /** Tomcat closes a connection as soon as its stream has failed. */
    @Test
    void whatHasArrivedBeforeAFailureIsReadAfterTheContainerHasClosed() throws Exception {
        Endless in = new Endless();
        StreamTransport transport = transport(in);
        transport.start();
        in.listener.onDataAvailable();
        EOFException left = new EOFException("the peer has left");
        in.listener.onError(left);
        transport.closedByContainer();
        ByteBuffer all = ByteBuffer.allocate(1 << 20);
        assertEquals(32 * 1024, transport.read(all));
        assertSame(left, assertThrows(EOFException.class, () -> transport.read(all)));
        transport.close();
        assertEquals(0, pool.lent());
    }

    @Test
    void nothingIsReadIfTheContainerClosesWithoutAFailure() throws Exception {
        Endless in = new Endless();
        StreamTransport transport = transport(in);
        transport.start();
        in.listener.onDataAvailable();
        transport.closedByContainer();
        assertThrows(AsynchronousCloseException.class, () -> transport.read(ByteBuffer.allocate(1)));
        assertEquals(0, pool.lent());
    }
}
