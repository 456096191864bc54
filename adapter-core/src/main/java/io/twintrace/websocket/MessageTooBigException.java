package io.twintrace.websocket;

/** A message passed the read limit. The peer is sent 1009; the message is not delivered. */
public final class MessageTooBigException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** As {@link #limit()}. */
    private final long limit;

    /**
     * For a message that has more bytes than the read limit.
     *
     * @param limit as {@link #limit()}
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
     * For a compressed message that is longer on the wire than any message within the limit has to be.
     *
     * @param limit as {@link #limit()}
     * @param mostOnWire how many bytes it may have on the wire
     * @return the exception, to be thrown
     */
    public static MessageTooBigException onWire(long limit, long mostOnWire) {
        return new MessageTooBigException(
                limit,
                "compressed message of more than " + mostOnWire + " bytes",
                "compressed message has more than " + mostOnWire
                        + " bytes on the wire, which follows from the read limit of " + limit + " bytes");
    }

    /** {@return the limit that was passed, in bytes of the whole message} */
    public long limit() {
        return limit;
    }
}
