package io.twintrace.websocket.benchmarks.endtoend.load;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates the messages of one connection (RFC 7692, section 7.2.2). */
final class InflatedReply {
    /** Receives the inflated bytes. */
    interface Output {
        void take(ByteBuffer part) throws WrongReply;
    }

    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private final Inflater inflater = new Inflater(true);
    private final byte[] buffer = new byte[4096];
    private final boolean contextTakeover;

    /** Creates an inflater with or without context takeover, as the server has answered. */
    InflatedReply(boolean contextTakeover) {
        this.contextTakeover = contextTakeover;
    }

    void add(ByteBuffer in, Output output) throws DataFormatException, WrongReply {
        inflater.setInput(in);
        inflate(output);
    }

    /** Ends a message. */
    void end(Output output) throws DataFormatException, WrongReply {
        inflater.setInput(TAIL);
        inflate(output);
        if (!contextTakeover || inflater.finished()) {
            inflater.reset();
        }
    }

    void free() {
        inflater.end();
    }

    private void inflate(Output output) throws DataFormatException, WrongReply {
        for (int count; (count = inflater.inflate(buffer)) > 0; ) {
            output.take(ByteBuffer.wrap(buffer, 0, count));
        }
    }
}
