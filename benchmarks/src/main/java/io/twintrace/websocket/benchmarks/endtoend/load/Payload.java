package io.twintrace.websocket.benchmarks.endtoend.load;

import java.nio.ByteBuffer;

/** The messages of one connection, numbered from 0. No two in a row are the same, so that a lost one shows. */
interface Payload {
    /** The most bytes of a frame. */
    int maxFrame();

    /** Appends the masked frame of a message. */
    void append(ByteBuffer out, long number);

    /** What has to come back; good until the next call. */
    ByteBuffer expected(long number);
}
