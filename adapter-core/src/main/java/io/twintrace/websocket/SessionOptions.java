package io.twintrace.websocket;

/**
 * Says what a connection and the HTTP session of its handshake have to do with each other: by default nothing, so the
 * connection stays open at the end of the session, and messages do not keep the session alive. Immutable. Has no effect
 * on a connection whose handshake had no session.
 *
 * @param closeCode the code with which the connection closes when the session ends or is invalidated; 0 if it stays open
 * @param keepsAlive whether messages of the peer count as accesses of the session
 */
public record SessionOptions(int closeCode, boolean keepsAlive) {
    private static final SessionOptions DEFAULTS = new SessionOptions(0, false);

    /**
     * Checks the values.
     *
     * @param closeCode a code that a server may send, or 0
     * @param keepsAlive any
     */
    public SessionOptions {
        closeCode = closeCode == 0 ? 0 : CloseCode.requireAllowed(closeCode, "closeCode");
    }

    /** {@return the defaults: session and connection do not affect each other} */
    public static SessionOptions defaults() {
        return DEFAULTS;
    }

    /** {@return whether the connection closes when the session ends} */
    public boolean closesConnections() {
        return closeCode != 0;
    }

    /**
     * Sets the code with which the connection closes when the session ends.
     *
     * @param code such as {@link CloseCode#POLICY_VIOLATION}; 0 to stay open
     * @return changed options
     */
    public SessionOptions withCloseCode(int code) {
        return new SessionOptions(code, keepsAlive);
    }

    /**
     * Counts messages of the peer as accesses of the session. The library looks for new ones four times within the
     * session's timeout, at least once a minute.
     *
     * @param on whether they count
     * @return changed options
     */
    public SessionOptions withKeepAlive(boolean on) {
        return new SessionOptions(closeCode, on);
    }
}
