package io.twintrace.websocket;

import java.io.IOException;

/**
 * A message is not JSON of the type that {@code readJson} or {@link MessageView#json} was asked for. The connection is
 * sound: catch this to read the next message. If it leaves a handler or a listener, the connection is closed with
 * {@link #closeStatus()}, and the log gets one line.
 *
 * <p>The message of this exception names the type and the place, and never holds payload.
 */
public final class InvalidJsonException extends IOException {
    private static final long serialVersionUID = 1L;

    /** As {@link #line()}. */
    private final int line;
    /** As {@link #column()}. */
    private final int column;

    /**
     * Adds the place to what is wrong.
     *
     * @param what what is wrong, without payload
     * @param line as {@link #line()}
     * @param column as {@link #column()}
     * @param cause what a constructor of the application has thrown, or null
     */
    public InvalidJsonException(String what, int line, int column, Throwable cause) {
        super(what + " at line " + line + ", column " + column, cause);
        this.line = line;
        this.column = column;
    }

    /** {@return the line up to which the text was read when it turned out to be wrong, counted from 1} */
    public int line() {
        return line;
    }

    /**
     * {@return the column in that line, counted from 1 in characters: where the wrong value stands, or just behind it}
     */
    public int column() {
        return column;
    }

    /** {@return what the peer is told if this leaves a handler or a listener: 1007, and the place} */
    public CloseStatus closeStatus() {
        return new CloseStatus(CloseCode.INVALID_PAYLOAD, "invalid JSON at line " + line + ", column " + column);
    }
}
