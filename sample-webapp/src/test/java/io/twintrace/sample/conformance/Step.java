package io.twintrace.sample.conformance;

/** One action of one side, as the table describes it. */
sealed interface Step {
    /**
     * A frame, or a message in several.
     *
     * @param rsv the reserved bits as a number: RSV1 is 4
     * @param declaredLength the length in the header; -1 for the length of the payload
     * @param fragmentSize the most bytes of a fragment; 0 for one frame
     */
    record Frame(boolean fin, int rsv, int opcode, int declaredLength, Payload payload, int fragmentSize)
            implements Step {}

    /** More payload of the frame before, whose header declared it. */
    record More(Payload payload) implements Step {}

    /** A message that is the next piece of a corpus. */
    record Piece(Corpus corpus, int length, boolean compressed, int fragmentSize) implements Step {}

    /** The header Sec-WebSocket-Extensions of the handshake. */
    record Extensions(String value) implements Step {}

    /** Sends nothing. For a moment, nothing may come. */
    record Silence() implements Step {}
}
