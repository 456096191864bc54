package io.twintrace.sample.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the frames of a server that does not compress. Messages are texts in one frame. */
final class ServerFrames {
    private static final int FIN_AND_OPCODE_TEXT = 0x81;
    private static final int FIN_AND_OPCODE_CLOSE = 0x88;
    private static final int FIN_AND_OPCODE_PING = 0x89;
    private static final int FIN_AND_OPCODE_PONG = 0x8A;
    private static final int LENGTH_FOLLOWS = 126;

    /** Gets the frames. */
    interface Events {
        /** A message. The payload may be used during the call. */
        void text(ByteBuffer payload);

        void ping(byte[] payload) throws IOException;

        void close(int code, byte[] payload) throws IOException;
    }

    private final Events events;

    /** The beginning of a frame whose end has not come. */
    private byte[] rest = {};

    ServerFrames(Events events) {
        this.events = events;
    }

    /** Puts the beginning of a frame before what is read next. */
    ByteBuffer withRest(ByteBuffer in) {
        in.put(rest);
        rest = new byte[0];
        return in;
    }

    /** Reads all frames that are complete, and keeps the rest. */
    void read(ByteBuffer in) throws IOException {
        int limit = in.limit();
        while (in.remaining() >= 2) {
            int start = in.position();
            int first = in.get() & 0xFF;
            int length = in.get() & 0xFF;
            if (length == LENGTH_FOLLOWS && in.remaining() >= Short.BYTES) {
                length = in.getShort() & 0xFFFF;
            } else if (length >= LENGTH_FOLLOWS && length != LENGTH_FOLLOWS) {
                throw new IOException("a frame that is masked or too long");
            }
            if (in.remaining() < length) {
                in.position(start);
                break;
            }
            int end = in.position() + length;
            frame(first, in.limit(end));
            in.limit(limit).position(end);
        }
        rest = new byte[in.remaining()];
        in.get(rest);
    }

    private void frame(int first, ByteBuffer payload) throws IOException {
        switch (first) {
            case FIN_AND_OPCODE_TEXT -> events.text(payload);
            case FIN_AND_OPCODE_PING -> events.ping(bytes(payload));
            case FIN_AND_OPCODE_CLOSE -> {
                int code = payload.remaining() < Short.BYTES ? 1005 : payload.getShort(payload.position()) & 0xFFFF;
                events.close(code, bytes(payload));
            }
            case FIN_AND_OPCODE_PONG -> {
                // Nobody has asked.
            }
            default -> throw new IOException("a frame that begins with " + Integer.toHexString(first));
        }
    }

    private static byte[] bytes(ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }
}
