package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.DeflatePool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads the peer's messages as their bytes arrive. A message is taken whole or in pieces. A whole message that fits
 * into the read buffer stays where it lies; any other is assembled elsewhere. One instance can read several
 * connections, each after the one before {@linkplain #isAtRest is at rest}. No method waits. Only the reading thread
 * calls these methods, except where they say otherwise.
 */
public final class IncomingMessages {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ReadBuffer arrived = new ReadBuffer();
    private final TurnBudget budget = new TurnBudget();
    private final MessageDecoder decoder;
    private final FrameReader frames;

    /** Assembles a message that does not arrive whole. */
    private final MessageAssembly assembly;

    /** Whether a message is being taken whole, of which only the beginning has arrived. */
    private boolean insideMessage;

    // Where the whole message lies.
    private ByteBuffer whole = NOTHING;
    private int start;
    private int length;

    /** Reads connections without compression. */
    public IncomingMessages() {
        this(Optional.empty(), null);
    }

    /**
     * Reads one connection.
     *
     * @param deflate the compression that was negotiated
     */
    public IncomingMessages(Source source, Optional<DeflateParameters> deflate, DeflatePool pool) {
        this(deflate, pool);
        attach(source);
    }

    private IncomingMessages(Optional<DeflateParameters> deflate, DeflatePool pool) {
        this.decoder = new MessageDecoder(arrived, deflate, pool, budget);
        this.frames = decoder.frames();
        this.assembly = new MessageAssembly(arrived, decoder);
    }

    /** Reads this connection from now on, which is at rest. */
    public void attach(Source source) {
        arrived.attach(source);
    }

    /** Reads no connection until the next one is attached. */
    public void detach() {
        arrived.attach(null);
    }

    /**
     * Returns whether nothing of the connection is kept here: it is between two messages, is not closed, and has no
     * compression.
     */
    public boolean isAtRest() {
        return !insideMessage && !assembly.isBegun() && arrived.isEmpty() && decoder.isAtRest();
    }

    /** Returns what pauses inflating in a turn, as if no more bytes had arrived. */
    public TurnBudget budget() {
        return budget;
    }

    // ---- Input ----------------------------------------------------------------------------------------------------

    /**
     * Reads once from the transport.
     *
     * @return how many bytes; 0 if none are available; -1 at the end of the stream
     */
    public int fill() throws IOException {
        ByteBuffer inMessage = assembly.room();
        return inMessage != null ? fillMessage(inMessage) : arrived.fill(frames.known());
    }

    private int fillMessage(ByteBuffer room) throws IOException {
        arrived.releaseIfEmpty(); // before the transport is read again
        int begin = room.position();
        try {
            return arrived.source().transport().read(room);
        } finally {
            arrived.filled(room, room.position() - begin);
            assembly.filled(begin);
        }
    }

    /** Returns whether the last fill left room and was short, so that most likely nothing more can be read now. */
    public boolean isDrained() {
        return arrived.isDrained();
    }

    /** Returns whether everything that has arrived was taken, and most likely nothing more can be read now. */
    public boolean isUsedUp() {
        return arrived.isDrained() && arrived.remaining() == 0;
    }

    /** Returns how many bytes have arrived that were not taken yet. */
    public int remaining() {
        return arrived.remaining();
    }

    /**
     * Returns whether something has arrived that was not taken yet, and that is more than the beginning of a header.
     */
    public boolean hasMore() {
        return arrived.hasMore();
    }

    /** Returns whether a frame has arrived in part, or frames have arrived that were not parsed yet. */
    public boolean isInsideFrame() {
        return arrived.remaining() > 0 || frames.isInsideFrame();
    }

    /** Returns whether a message that is being taken whole has arrived in part. */
    public boolean isInsideMessage() {
        return insideMessage;
    }

    // ---- Messages -------------------------------------------------------------------------------------------------

    /** Moves to the next message, unless a message is being taken whole and has not arrived completely. */
    public Next next() throws IOException {
        return insideMessage ? Next.BEGUN : decoder.next();
    }

    /** Returns the type of the current message. */
    public MessageType type() {
        return decoder.type();
    }

    /**
     * Takes the message whole. It then lies in {@link #whole()} until {@link #release()}.
     *
     * @return false if not all of it has arrived; call this again then
     */
    public boolean takeWhole() throws IOException {
        boolean taken = !assembly.isBegun() && takeInPlace();
        if (!taken && mayAssemble() && assemble()) {
            whole = assembly.message();
            start = whole.position();
            length = whole.remaining();
            taken = true;
        }
        insideMessage = !taken;
        return taken;
    }

    /**
     * Takes the message as a new array. A message that lies in the read buffer is copied first and unmasked afterwards,
     * because unmasking and checking are faster on arrays than on direct buffers.
     *
     * @return null if not all of it has arrived; call this again then
     */
    public byte[] takeArray() throws IOException {
        byte[] payload = null;
        if (!assembly.isBegun() && decoder.isAtMost(arrived.remaining())) {
            payload = new byte[(int) frames.known()];
            arrived.moveTo(payload);
            decoder.takeInPlace(payload);
        } else if (mayAssemble() && assemble()) {
            payload = assembly.toArray();
        }
        insideMessage = payload == null;
        return payload;
    }

    /** Returns the buffer that the whole message lies in. */
    public ByteBuffer whole() {
        return whole;
    }

    /** Returns where the message begins in the buffer. */
    public int start() {
        return start;
    }

    /** Returns the length of the message in bytes. */
    public int length() {
        return length;
    }

    /** Releases the current message, whether or not it has arrived completely. */
    public void release() {
        insideMessage = false;
        whole = NOTHING;
        assembly.release();
    }

    private boolean takeInPlace() throws ProtocolException {
        if (!decoder.isAtMost(arrived.remaining())) {
            return false;
        }
        length = (int) frames.known();
        if (length == 0) {
            whole = NOTHING;
            start = 0;
        } else {
            whole = arrived.bytes();
            start = whole.position();
            decoder.takeInPlace(whole, start, length);
            whole.position(start + length);
        }
        return true;
    }

    /**
     * Returns whether to assemble the message now. Returns false if the rest is most likely available and fits into the
     * read buffer; the next fill reads it behind the beginning.
     */
    private boolean mayAssemble() {
        return assembly.isBegun() || arrived.isDrained() || !decoder.isAtMost(arrived.capacityBehind());
    }

    private boolean assemble() throws IOException {
        if (!assembly.isBegun()) {
            assembly.begin();
        }
        return assembly.collect();
    }

    /**
     * Begins to assemble a message that is being taken whole. Call this if nothing more can be read now, because the
     * beginning of a message must not keep the read buffer.
     *
     * @return whether assembling has begun; call {@link #takeWhole} or {@link #takeArray} again then
     */
    public boolean assembleBeginning() {
        boolean begun = insideMessage && !assembly.isBegun();
        if (begun) {
            assembly.begin();
        }
        return begun;
    }

    /**
     * Takes a piece of the current message.
     *
     * @return how many bytes; 0 if none have arrived; -1 at the message's end
     */
    public int read(byte[] into, int offset, int most) throws IOException {
        try {
            return decoder.read(into, offset, most);
        } finally {
            arrived.releaseIfEmpty(); // the application may take its time before it reads on
        }
    }

    /** Returns whether the message has been read to its end. */
    public boolean isComplete() {
        return decoder.isComplete();
    }

    /** Drops all frames up to the peer's Close frame, without decoding them. Returns false if that has not arrived. */
    public boolean dropToClose() throws IOException {
        release();
        return decoder.readToClose();
    }

    // ---- What is held ---------------------------------------------------------------------------------------------

    /**
     * Gives the read buffer back, and keeps at most the beginning of a header. Call this once everything that can be
     * parsed has been parsed.
     */
    public void keepBeginning() {
        arrived.keepBeginning();
    }

    /** Gives the read buffer back if it is empty, so that an idle connection holds none. */
    public void releaseIfEmpty() {
        arrived.releaseIfEmpty();
    }

    /** Drops the bytes that have arrived. */
    public void dropArrived() {
        arrived.release();
    }

    /** Ends reading messages, and gives back everything that is held for them. */
    public void end() {
        release();
        arrived.release();
        decoder.release();
    }
}
