package io.twintrace.websocket;

import java.io.IOException;

/**
 * Thrown when a message is not JSON of the type that {@code readJson} or {@link MessageView#json} expects. The
 * connection remains usable: catch this exception to read the next message. If a handler or a listener lets it
 * propagate, the library closes the connection with {@link #closeStatus()} and logs one line.
 *
 * <p>The exception message names the type and the position, and never contains payload.
 */
public final class InvalidJsonException extends IOException {
    private static final long serialVersionUID = 1L;

    /** See {@link #line()}. */
    private final int line;
    /** See {@link #column()}. */
    private final int column;

    /**
     * Creates the exception and adds the position to its message.
     *
     * @param what the problem, without payload
     * @param line see {@link #line()}
     * @param column see {@link #column()}
     * @param cause the exception that a constructor of the application threw, or null
     */
    public InvalidJsonException(String what, int line, int column, Throwable cause) {
        super(what + " at line " + line + ", column " + column, cause);
        this.line = line;
        this.column = column;
    }

    /** {@return the line at which the parser stopped, counted from 1} */
    public int line() {
        return line;
    }

    /** {@return the column in that line, counted in characters from 1: at the wrong value or just behind it} */
    public int column() {
        return column;
    }

    /** {@return the close status sent if this leaves a handler or a listener: 1007, and the position} */
    public CloseStatus closeStatus() {
        return new CloseStatus(CloseCode.INVALID_PAYLOAD, "invalid JSON at line " + line + ", column " + column);
    }
}
