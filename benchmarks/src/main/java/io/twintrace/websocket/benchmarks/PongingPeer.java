package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.internal.frame.FrameHeader;
import io.twintrace.websocket.internal.frame.FrameHeaderEncoder;
import io.twintrace.websocket.internal.frame.Opcode;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;

/** A peer in memory that answers each Ping as soon as it is told to, and sends nothing else. */
final class PongingPeer extends MemoryPeer {
    private final BlockingQueue<PongingPeer> pinged;

    /** The payload of a Ping that is not answered yet; null if there is none. */
    private volatile byte[] payload;

    private ByteBuffer arrived = ByteBuffer.allocate(0);

    /** @param pinged gets this each time that a Ping has come */
    PongingPeer(BlockingQueue<PongingPeer> pinged) {
        this.pinged = pinged;
    }

    /** Sends the Pong, and reports it to the connection. */
    void answer() {
        byte[] unmasked = payload;
        arrived = ByteBuffer.allocate(FrameHeader.MAX_BYTES + unmasked.length);
        FrameHeaderEncoder.encodeMasked(arrived, true, false, Opcode.PONG, unmasked.length, 0);
        arrived.put(unmasked).flip();
        events().readable();
    }

    @Override
    public int read(ByteBuffer into) {
        int n = arrived.remaining();
        into.put(arrived);
        return n;
    }

    /** Takes one whole frame without a mask, as a Ping comes. */
    @Override
    void take(ByteBuffer frame) {
        boolean isPing = frame.hasRemaining() && (frame.get(frame.position()) & 0xF) == Opcode.PING.code();
        if (isPing) {
            byte[] bytes = new byte[frame.remaining() - 2];
            frame.position(frame.position() + 2).get(bytes);
            payload = bytes;
            pinged.add(this);
        } else {
            frame.position(frame.limit());
        }
    }
}
