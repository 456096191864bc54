package io.twintrace.websocket;

/** Thrown when a message exceeds the read limit. The peer is sent 1009, and the message is not delivered. */
public final class MessageTooBigException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** See {@link #limit()}. */
    private final long limit;

    /**
     * Creates the exception for a message that is larger than the read limit.
     *
     * @param limit see {@link #limit()}
     */
    public MessageTooBigException(long limit) {
        this(
                limit,
                "message of more than " + limit + " bytes",
                "message is larger than the read limit of " + limit + " bytes");
    }

    private MessageTooBigException(long limit, String reason, String what) {
        super(
                CloseCode.MESSAGE_TOO_BIG,
                reason,
                what + "; raise it with the init-param read-limit, readLimit in the options, or setReadLimit");
        this.limit = limit;
    }

    /**
     * Creates the exception for a compressed message that is longer on the wire than the limit permits.
     *
     * @param limit see {@link #limit()}
     * @param maxOnWire the maximum number of bytes on the wire
     * @return the exception, for the caller to throw
     */
    public static MessageTooBigException onWire(long limit, long maxOnWire) {
        return new MessageTooBigException(
                limit,
                "compressed message of more than " + maxOnWire + " bytes",
                "compressed message has more than " + maxOnWire
                        + " bytes on the wire, the maximum for the read limit of " + limit + " bytes");
    }

    /** {@return the read limit, in bytes of the whole message} */
    public long limit() {
        return limit;
    }
}
