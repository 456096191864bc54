package io.twintrace.sample.conformance;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Frames as they appear on the wire (RFC 6455 section 5.2): masked as a client sends them, or plain as a server must.
 * Has nothing in common with the library's own codec.
 */
final class FrameEncoder {
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int CONTINUATION = 0;

    /** Null for a server's frames. */
    private final Random maskingKeys;

    private final byte[] maskingKey = new byte[4];

    /** How much payload of the current frame is masked so far. */
    private int masked;

    private FrameEncoder(Random maskingKeys) {
        this.maskingKeys = maskingKeys;
    }

    /** With masking keys that are the same at each run. */
    static FrameEncoder client(String seed) {
        return new FrameEncoder(new Random(seed.hashCode()));
    }

    static FrameEncoder server() {
        return new FrameEncoder(null);
    }

    List<byte[]> encode(List<Step> steps) {
        List<byte[]> frames = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Step.Frame frame) {
                encode(frame, frames);
            } else if (step instanceof Step.More more) {
                ByteBuffer payload = ByteBuffer.wrap(more.payload().bytes());
                ByteBuffer piece = ByteBuffer.allocate(payload.remaining());
                put(payload, piece);
                frames.add(piece.array());
            }
        }
        return frames;
    }

    private void encode(Step.Frame frame, List<byte[]> frames) {
        ByteBuffer payload = ByteBuffer.wrap(frame.payload().bytes());
        int reserved = frame.rsv() << 4;
        if (frame.fragmentSize() == 0) {
            int length = frame.declaredLength() < 0 ? payload.remaining() : frame.declaredLength();
            frames.add(encode((frame.fin() ? FIN : 0) | reserved | frame.opcode(), length, payload));
        } else {
            encodeFragments(reserved | frame.opcode(), payload, frame.fragmentSize(), frames);
        }
    }

    /** Like the public suite: if the size divides the length, an empty frame ends the message. */
    void encodeFragments(int firstBits, ByteBuffer payload, int size, List<byte[]> frames) {
        boolean fits = payload.remaining() <= size;
        int bits = firstBits;
        while (!fits && payload.remaining() >= size) {
            ByteBuffer fragment = payload.slice(payload.position(), size);
            payload.position(payload.position() + size);
            frames.add(encode(bits, size, fragment));
            bits = CONTINUATION;
        }
        frames.add(encode(FIN | bits, payload.remaining(), payload));
    }

    private byte[] encode(int firstByte, int declaredLength, ByteBuffer payload) {
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.remaining());
        frame.put((byte) firstByte);
        int mask = maskingKeys == null ? 0 : MASKED;
        if (declaredLength <= 125) {
            frame.put((byte) (mask | declaredLength));
        } else if (declaredLength <= 0xffff) {
            frame.put((byte) (mask | 126)).putShort((short) declaredLength);
        } else {
            frame.put((byte) (mask | 127)).putLong(declaredLength);
        }
        if (maskingKeys != null) {
            maskingKeys.nextBytes(maskingKey);
            frame.put(maskingKey);
        }
        masked = 0;
        put(payload, frame);
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }

    private void put(ByteBuffer payload, ByteBuffer frame) {
        if (maskingKeys == null) {
            frame.put(payload.duplicate());
            return;
        }
        for (int i = payload.position(); i < payload.limit(); i++) {
            frame.put((byte) (payload.get(i) ^ maskingKey[masked++ & 3]));
        }
    }
}
