package io.twintrace.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * Reads one message piece by piece as it arrives. {@link BlockingConnection#nextReader} returns one. Valid until the
 * next message is requested; after that every call throws IllegalStateException. Only one thread at a time may use it.
 *
 * <p>Text is checked as it arrives, so the bytes read so far from a text message are valid UTF-8.
 */
public abstract class MessageReader extends InputStream {
    /** For the library, and for fake connections in tests. */
    protected MessageReader() {}

    /** {@return the type of the message} */
    public abstract MessageType type();

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * Reads the bytes that have arrived. Waits until there is at least one.
     *
     * @return -1 at the end of the message; 0, without waiting, when {@code length} is 0
     * @throws IOException as {@link BlockingConnection#readMessage()}; errors are permanent
     */
    @Override
    public abstract int read(byte[] into, int offset, int length) throws IOException;

    /** {@return the message as characters, decoded as UTF-8} */
    public Reader asText() {
        return new InputStreamReader(this, StandardCharsets.UTF_8);
    }
}
