package io.twintrace.websocket.frame;

/** A message passed the read limit. The peer is sent 1009; the message is not delivered. */
public final class MessageTooBigException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private final long limit;

    public MessageTooBigException(long limit) {
        super(
                CloseCode.MESSAGE_TOO_BIG,
                "message is larger than the read limit of " + limit
                        + " bytes; raise it with readLimit in the options or setReadLimit");
        this.limit = limit;
    }

    /** The limit that was passed, in bytes of the whole message. */
    public long limit() {
        return limit;
    }
}
