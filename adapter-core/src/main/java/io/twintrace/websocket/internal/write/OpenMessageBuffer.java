package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;

/**
 * The part of a message written in pieces that was not sent or compressed yet, and what its next frame depends on. A
 * connection has one from its first such message on.
 */
final class OpenMessageBuffer extends FragmentBuffer {
    private final OutgoingText text = new OutgoingText();
    private int level;
    private boolean isFirst;

    OpenMessageBuffer(FrameWriter frames, BufferPool pool) {
        super(frames, pool);
    }

    /**
     * Begins a message.
     *
     * @param compressionLevel the level at which it is compressed if it is long enough; 0 for no compression
     */
    void begin(int compressionLevel) {
        text.begin();
        level = compressionLevel;
        isFirst = true;
        open();
    }

    /** Checks the message, if it is text. */
    OutgoingText text() {
        return text;
    }

    /** Returns the level at which the message is compressed if it is long enough; 0 for no compression. */
    int level() {
        return level;
    }

    /** Returns whether none of the message was sent without compression. */
    boolean isFirst() {
        return isFirst;
    }

    /** Returns the opcode of a frame that is sent next. */
    Opcode nextOpcode(MessageType type) {
        Opcode opcode = isFirst ? Opcode.of(type) : Opcode.CONTINUATION;
        isFirst = false;
        return opcode;
    }
}
