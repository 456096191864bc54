package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.internal.engine.FrameReader.Next;
import io.twintrace.websocket.internal.io.MessagePool;
import io.twintrace.websocket.internal.io.PushTransport;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The peer's messages as their bytes arrive, for whoever does not wait for them. A message that fits into the read
 * buffer is handed out where it lies; any other is put together. For the thread in the turn.
 */
final class ArrivingMessages {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final PushTransport transport;
    private final ArrivedBytes arrived;
    private final MessageInput input;
    private final FrameReader frames;

    private boolean insideMessage;

    /** For a message that does not arrive whole. */
    private final MessageAssembly assembly;

    /** Whether the last fill has left room, so that there is most likely no more to read now. */
    private boolean drained;

    /** @param input takes its bytes from {@code arrived} */
    ArrivingMessages(PushTransport transport, ArrivedBytes arrived, MessageInput input, MessagePool pool) {
        this.transport = transport;
        this.arrived = arrived;
        this.input = input;
        this.frames = input.frames();
        this.assembly = new MessageAssembly(arrived, input, pool);
    }

    /**
     * Reads once more.
     *
     * @return how many bytes; 0 when none are there; -1 at the end of the stream
     */
    int fill() throws IOException {
        ByteBuffer inMessage = assembly.room();
        return inMessage != null ? fillMessage(inMessage) : fillBuffer();
    }

    private int fillBuffer() throws IOException {
        ByteBuffer room = arrived.room();
        try {
            return transport.read(room);
        } finally {
            drained = room.hasRemaining();
            arrived.filled();
        }
    }

    private int fillMessage(ByteBuffer room) throws IOException {
        int start = room.position();
        try {
            return transport.read(room);
        } finally {
            // As much as the other buffer takes may be one record of TLS, with more of them to come.
            drained = room.hasRemaining() && room.position() - start < arrived.capacity();
            assembly.filled(start);
        }
    }

    boolean isDrained() {
        return drained;
    }

    /** Whether nothing is left of what has arrived, and most likely no more is there. */
    boolean isUsedUp() {
        return drained && arrived.remaining() == 0;
    }

    /** How many bytes of what has arrived were not taken yet. */
    int remaining() {
        return arrived.remaining();
    }

    /** Whether the beginning of a message has arrived, and it was not handed out. */
    boolean isInsideMessage() {
        return insideMessage;
    }

    /** Whether the beginning of a frame has arrived, and not all of it; or frames that nobody has looked at yet. */
    boolean isInsideFrame() {
        return arrived.remaining() > 0 || frames.isInsideFrame();
    }

    /** Goes on to the next message, unless there is one that was not handed out yet. */
    Next next() throws IOException {
        if (insideMessage) {
            return Next.FRAME;
        }
        Next next = input.next();
        insideMessage = next == Next.FRAME;
        return next;
    }

    MessageType type() {
        return input.type();
    }

    /** The message, to be {@linkplain #shown shown} before more is read; null while it has not arrived whole. */
    ByteBuffer payload(WriteBatch turn) throws IOException {
        ByteBuffer payload = assembly.isBegun() ? null : inPlace(turn);
        if (payload == null && mayCollect()) {
            payload = collected();
        }
        insideMessage = payload == null;
        return payload;
    }

    /** The message was shown, and nobody needs it any more. */
    void shown() {
        assembly.release();
    }

    /**
     * Nothing more can be read now, so that the beginning of a message must not keep its buffer. True if there is one.
     */
    boolean collectBeginning() {
        boolean begun = insideMessage && !assembly.isBegun();
        if (begun) {
            assembly.begin();
        }
        return begun;
    }

    private ByteBuffer inPlace(WriteBatch turn) throws ProtocolException {
        if (!input.isAtMost(arrived.remaining())) {
            return null;
        }
        int length = (int) frames.known();
        if (length == 0) {
            return NOTHING;
        }
        ByteBuffer buffer = arrived.buffer();
        int start = buffer.position();
        input.takeInPlace(buffer, start, length);
        buffer.position(start + length);
        return turn.window(buffer, start, length);
    }

    /** False where the rest is most likely there already, and fits into the buffer: it will be read behind this. */
    private boolean mayCollect() {
        return assembly.isBegun() || drained || !input.isAtMost(arrived.capacity());
    }

    private ByteBuffer collected() throws IOException {
        if (!assembly.isBegun()) {
            assembly.begin();
        }
        return assembly.collect() ? assembly.message() : null;
    }

    /** Drops frames as they are until the peer's Close frame; false when not all has arrived. */
    boolean dropToClose() throws IOException {
        assembly.release();
        return input.readToClose();
    }

    /** Everything that can be looked at was: what is left is the beginning of a header at most. */
    void keepBeginning() {
        arrived.keepBeginning();
    }

    /** An idle connection holds no buffer. */
    void releaseIfEmpty() {
        arrived.releaseIfEmpty();
    }

    /** Drops what has arrived. */
    void dropArrived() {
        arrived.release();
    }

    /** No more messages are wanted: gives back everything that is held for them. */
    void end() {
        assembly.release();
        arrived.release();
        input.release();
    }
}
