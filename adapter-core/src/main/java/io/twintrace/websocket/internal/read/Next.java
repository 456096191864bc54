package io.twintrace.websocket.internal.read;

/** The result of asking for the next message or frame. */
public enum Next {
    /** The header of the next one has been read. */
    BEGUN,
    /** The peer has closed between two messages, with an ordinary code. */
    END,
    /** The next one has not arrived. */
    NOTHING_NOW
}
