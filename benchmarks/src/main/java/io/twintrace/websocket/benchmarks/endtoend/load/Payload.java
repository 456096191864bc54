package io.twintrace.websocket.benchmarks.endtoend.load;

import java.nio.ByteBuffer;

/** The messages of one connection, numbered from 0. Successive messages differ, so that a lost one shows. */
interface Payload {
    /** Returns the opcode of the messages. */
    default int opcode() {
        return MaskedFrame.TEXT;
    }

    /** Returns the maximum bytes of a frame. */
    int maxFrame();

    /** Appends the masked frame of a message. */
    void append(ByteBuffer out, long number);

    /** Returns the expected reply, valid until the next call. */
    ByteBuffer expected(long number);
}
