package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.transport.BufferPool;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Over the streams of a container that nobody knows. */
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

    private StreamTransport transport() throws Exception {
        WebConnection connection = mock(WebConnection.class);
        when(connection.getInputStream()).thenReturn(mock(ServletInputStream.class));
        when(connection.getOutputStream()).thenReturn(out);
        return new StreamTransport(connection, null, null, pool);
    }

    @Test
    void nothingIsWrittenButWhatWasAskedForWhateverTheContainerMakesOfLengths() throws Exception {
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
}
