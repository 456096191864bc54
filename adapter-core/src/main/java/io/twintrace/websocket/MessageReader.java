package io.twintrace.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * Reads one message piece by piece as it arrives; from {@link BlockingConnection#nextReader}. Valid until the next
 * message is asked for; after that every call throws IllegalStateException. One thread at a time.
 *
 * <p>Text is checked as it arrives, so the bytes of a text message are valid UTF-8 as far as they have been read.
 */
public abstract class MessageReader extends InputStream {
    /** For the library, and for fakes of a connection. */
    protected MessageReader() {}

    /** {@return the type of the message} */
    public abstract MessageType type();

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * Reads what has arrived, waiting until that is at least one byte.
     *
     * @return -1 at the message's end; 0, without waiting, when {@code length} is 0
     * @throws IOException as {@link BlockingConnection#readMessage()}; errors are permanent
     */
    @Override
    public abstract int read(byte[] into, int offset, int length) throws IOException;

    /** {@return the message as characters, decoded as UTF-8} */
    public Reader asText() {
        return new InputStreamReader(this, StandardCharsets.UTF_8);
    }
}
