package io.twintrace.websocket;

/** Status codes of a Close frame (RFC 6455 section 7.4 and the IANA registry). */
public final class CloseCode {
    public static final int NORMAL = 1000;
    public static final int GOING_AWAY = 1001;
    public static final int PROTOCOL_ERROR = 1002;
    public static final int UNSUPPORTED_DATA = 1003;
    /** Never on the wire: the peer's Close frame had no code. */
    public static final int NO_STATUS = 1005;
    /** Never on the wire: the connection ended without a Close frame. */
    public static final int ABNORMAL = 1006;

    public static final int INVALID_PAYLOAD = 1007;
    public static final int POLICY_VIOLATION = 1008;
    public static final int MESSAGE_TOO_BIG = 1009;
    public static final int MANDATORY_EXTENSION = 1010;
    public static final int INTERNAL_ERROR = 1011;
    public static final int SERVICE_RESTART = 1012;
    public static final int TRY_AGAIN_LATER = 1013;
    public static final int BAD_GATEWAY = 1014;

    private CloseCode() {}

    /** Whether {@code code} may stand in a Close frame: 1000 to 1003, 1007 to 1014, 3000 to 4999. */
    public static boolean isAllowedOnWire(int code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }

    /**
     * Whether {@code code} ends a conversation in the ordinary way: 1000, 1001 (a page was left, a server stops) or no
     * code at all.
     */
    public static boolean isOrdinary(int code) {
        return code == NORMAL || code == GOING_AWAY || code == NO_STATUS;
    }
}
