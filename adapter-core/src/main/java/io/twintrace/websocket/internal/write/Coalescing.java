package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.frame.Opcode;

/**
 * Decides which frames are put aside to leave together with more, and makes sure that they leave soon. The holder of
 * the frame lock calls these methods.
 */
public interface Coalescing {
    /** Puts nothing aside. */
    Coalescing NONE = new Coalescing() {
        @Override
        public boolean isAllowed(Opcode opcode) {
            return false;
        }

        @Override
        public boolean begin(boolean isFirst) {
            return false;
        }
    };

    /** Returns whether the calling thread may put such a frame aside, because something sends it within moments. */
    boolean isAllowed(Opcode opcode);

    /**
     * Announces that a frame is about to be put aside.
     *
     * @param isFirst whether nothing else is put aside
     * @return false if nothing would send the frame in time
     */
    boolean begin(boolean isFirst);

    /**
     * Announces that the calling thread writes what was offered to the outbox, until the next call with null. Such
     * frames may be put aside until the flush of the batch. Called inside the detector's guard or the outbox's lock.
     */
    default void offeredIn(WriteBatch batch) {}

    /** Announces that the frames have left. */
    default void end() {}
}
