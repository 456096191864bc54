package io.twintrace.sample.conformance;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The test's end of one connection. When its time is up, every wait fails. */
final class Peer implements AutoCloseable {
    /** How long the peer waits to see that nothing comes. */
    private static final int SILENCE_MILLIS = 250;

    private static final int MAX_REST = 64;

    private static final ScheduledExecutorService WATCHDOG = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "conformance-watchdog");
        thread.setDaemon(true);
        return thread;
    });

    private final Socket socket;
    private final InputStream in;
    private final Duration patience;
    private final Future<?> watchdog;
    private volatile boolean late;

    Peer(int port, Duration patience) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
        this.patience = patience;
        watchdog = WATCHDOG.schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Does the opening handshake and gives the head of the answer. */
    String upgrade(String path, String... headers) throws IOException {
        byte[] request = RawClient.handshake(path, headers);
        write(request, 0, request.length);
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) readByte());
        }
        return head.toString();
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        socket.getOutputStream().write(bytes, offset, length);
    }

    int readByte() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new IOException("the server ended the connection");
        }
        return value;
    }

    byte[] readBytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("the server ended the connection in the middle of a frame");
        }
        return bytes;
    }

    /** Reads exactly these bytes. */
    void expect(byte[] expected) throws IOException {
        byte[] got = new byte[expected.length];
        int n = 0;
        while (n < got.length) {
            int read;
            try {
                read = in.read(got, n, got.length - n);
            } catch (IOException e) {
                throw new AssertionError(Bytes.difference(expected, got, n, n) + ", then " + why(e), e);
            }
            if (read < 0) {
                throw new AssertionError(Bytes.difference(expected, got, n, n) + ", then the end");
            }
            int same = Arrays.mismatch(expected, n, n + read, got, n, n + read);
            n += read;
            if (same >= 0) {
                throw new AssertionError(Bytes.difference(expected, got, n, n - read + same) + rest());
            }
        }
    }

    /** Asserts that nothing comes for a moment, not even the end. */
    void expectSilence() throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        try {
            throw new AssertionError("expected nothing yet, got " + next(in.read()));
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(0);
        }
    }

    /** The server ends the TCP connection in good order, without another byte, while this side leaves it open. */
    void expectEnd() throws IOException {
        int read;
        try {
            read = in.read();
        } catch (IOException e) {
            throw new AssertionError("expected the end of the connection, got " + why(e), e);
        }
        if (read >= 0) {
            throw new AssertionError("expected the end of the connection, got " + next(read));
        }
    }

    private String next(int read) throws IOException {
        return read < 0 ? "the end" : Bytes.hex((byte) read) + rest();
    }

    /** The further bytes that have come, to append to those already read. */
    String rest() throws IOException {
        byte[] rest = in.readNBytes(Math.min(in.available(), MAX_REST));
        return rest.length == 0 ? "" : ", and then " + Bytes.hex(rest);
    }

    private String why(IOException e) {
        return late ? "nothing within " + patience.toSeconds() + " s" : e.toString();
    }

    @Override
    public void close() throws IOException {
        watchdog.cancel(false);
        socket.close();
    }

    private void giveUp() {
        late = true;
        try {
            socket.close();
        } catch (IOException e) {
            // The socket is closed in any case.
        }
    }
}
