package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.internal.frame.FrameHeader;
import io.twintrace.websocket.internal.frame.FrameHeaderEncoder;
import io.twintrace.websocket.internal.frame.Opcode;
import java.nio.ByteBuffer;

/**
 * A peer in memory that sends the same message each time that the benchmark asks or waits for it, and takes at once all
 * bytes written to it. For one thread. Serves both faces. Allocates nothing, so that every measured allocation is the
 * library's.
 */
final class RepeatingPeer extends MemoryPeer {
    private static final int KEY = 0x37FA213D;

    /** One masked text frame. It does not change, since the library unmasks its own copy. */
    private final ByteBuffer frame;

    private final int replyLength;
    private boolean awaited;
    private long sent;
    private long taken;

    RepeatingPeer(byte[] text) {
        ByteBuffer building = ByteBuffer.allocateDirect(FrameHeader.MAX_BYTES + text.length);
        FrameHeaderEncoder.encodeMasked(building, true, false, Opcode.TEXT, text.length, KEY);
        for (int i = 0; i < text.length; i++) {
            building.put((byte) (text[i] ^ KEY >>> (24 - 8 * (i & 3))));
        }
        frame = building.flip().slice();
        frame.position(frame.limit());
        replyLength = FrameHeaderEncoder.size(text.length) + text.length;
    }

    /** Sends the message and calls the listener. */
    void send() {
        arrive();
        tell();
    }

    /** Sends the message in two pieces, with nothing to read in between. */
    void sendInTwoPieces() {
        arrive();
        int end = frame.limit();
        frame.limit(end / 2);
        tell();
        frame.limit(end);
        tell();
    }

    private void tell() {
        if (!awaited) {
            throw new IllegalStateException("nobody waits for input");
        }
        awaited = false;
        events().readable();
    }

    private void arrive() {
        frame.rewind();
        sent++;
    }

    /** Returns the number of bytes written to this peer. */
    long taken() {
        return taken;
    }

    /** Throws unless the library has answered every message with one frame of the same length. */
    void checkEchoed() {
        if (taken != sent * replyLength) {
            throw new IllegalStateException(
                    taken + " bytes came back for " + sent + " messages with replies of " + replyLength + " bytes");
        }
    }

    @Override
    public int read(ByteBuffer into) {
        int n = Math.min(frame.remaining(), into.remaining());
        int end = frame.limit();
        into.put(frame.limit(frame.position() + n));
        frame.limit(end);
        return n;
    }

    /** Makes the next message arrive. */
    @Override
    public void awaitReadable() {
        arrive();
    }

    @Override
    void take(ByteBuffer buffer) {
        taken += buffer.remaining();
        buffer.position(buffer.limit());
    }

    @Override
    public void awaitInput() {
        awaited = true;
    }
}
