package io.twintrace.websocket.internal.frame;

/** How large a received message may be. */
public interface MessageLimits {
    /** Returns the maximum bytes of one message, over all its frames; 0 for no limit. It may change at any time. */
    long readLimit();

    /** Returns the maximum number of frames in one message. */
    int fragmentLimit();
}
