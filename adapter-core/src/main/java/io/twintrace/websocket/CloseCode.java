package io.twintrace.websocket;

/** Status codes of a Close frame (RFC 6455 section 7.4 and the IANA registry). */
public final class CloseCode {
    /** The conversation is complete. */
    public static final int NORMAL = 1000;
    /** The server is stopping, or the user has left the page. */
    public static final int GOING_AWAY = 1001;
    /** The peer violated RFC 6455. */
    public static final int PROTOCOL_ERROR = 1002;
    /** The peer sent a type of message that this side does not accept. */
    public static final int UNSUPPORTED_DATA = 1003;
    /** The peer's Close frame had no code. Never sent on the wire. */
    public static final int NO_STATUS = 1005;
    /** The connection ended without a Close frame. Never sent on the wire. */
    public static final int ABNORMAL = 1006;

    /** A payload did not match its type, such as text that is not UTF-8. */
    public static final int INVALID_PAYLOAD = 1007;
    /** The peer violated a rule of this side that has no code of its own. */
    public static final int POLICY_VIOLATION = 1008;
    /** A message was too big to process. */
    public static final int MESSAGE_TOO_BIG = 1009;
    /** The client needs an extension that the server did not accept. */
    public static final int MANDATORY_EXTENSION = 1010;
    /** The server failed. A concurrent write closes the connection with this code. */
    public static final int INTERNAL_ERROR = 1011;
    /** The service is restarting. The client may reconnect. */
    public static final int SERVICE_RESTART = 1012;
    /** The server is overloaded, or the peer reads too slowly. */
    public static final int TRY_AGAIN_LATER = 1013;
    /** A gateway received an invalid response from the server behind it. */
    public static final int BAD_GATEWAY = 1014;

    private CloseCode() {}

    /**
     * Reports whether a Close frame may carry a code: 1000 to 1003, 1007 to 1014, 3000 to 4999 (RFC 6455 section 7.4).
     *
     * @param code any number
     * @return whether the code may be sent to a peer
     */
    public static boolean isAllowedOnWire(int code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }

    static int requireAllowed(int code, String name) {
        if (!isAllowedOnWire(code)) {
            throw new IllegalArgumentException(
                    name + " is " + code + ", but must be 1000 to 1003, 1007 to 1014 or 3000 to 4999");
        }
        return code;
    }

    /**
     * Reports whether a code marks an ordinary end of the conversation.
     *
     * @param code any number
     * @return true for 1000, 1001 (the server stops, or the user leaves the page) and 1005 (no code)
     */
    public static boolean isOrdinary(int code) {
        return code == NORMAL || code == GOING_AWAY || code == NO_STATUS;
    }
}
