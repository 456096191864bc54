package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.internal.frame.MessageLimits;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.io.InputBuffers;
import io.twintrace.websocket.internal.io.MessagePool;
import io.twintrace.websocket.internal.io.Transport;

/** A connection whose messages are read. */
public interface Source extends MessageLimits {
    Transport transport();

    /** Returns what handles the control frames between data frames. */
    ControlFrameReceiver control();

    /** Returns what counts the frames, messages and bytes that are read. */
    ByteCounter counter();

    /** Returns the buffers for input. */
    InputBuffers buffers();

    /** Returns the pool of buffers for messages that do not arrive in one piece. */
    MessagePool messagePool();
}
