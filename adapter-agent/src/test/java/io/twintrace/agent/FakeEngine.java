package io.twintrace.agent;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.net.URI;

/** What of an engine a test weaves and loads. Public, since that is another class loader's package. */
public final class FakeEngine {
    /** What the engine says of a text that it does not send. */
    static final String REFUSAL = "the engine's: closed";

    private FakeEngine() {}

    /** The part of an engine's session that matters. A subclass leaves the other methods out. */
    public abstract static class FakeSession implements Session {
        private final Object remote;

        /** As after the peer has gone, if not told by an application. */
        private volatile boolean isGone;

        protected FakeSession(Object remote) {
            this.remote = remote;
        }

        @Override
        public RemoteEndpoint.Basic getBasicRemote() {
            return (RemoteEndpoint.Basic) remote;
        }

        @Override
        public URI getRequestURI() {
            return URI.create("/quotes%0AERROR;jsessionid=secret/new");
        }

        /** As Undertow says it: true until the peer has answered. */
        @Override
        public boolean isOpen() {
            return !isGone;
        }

        @Override
        public void setMaxIdleTimeout(long ignored) {
            isGone = true;
        }

        @Override
        public void close() {}
    }

    /** The part of an engine's remote that matters. */
    public abstract static class FakeRemote implements RemoteEndpoint.Basic {
        @Override
        public void sendText(String part, boolean isLast) {}

        @Override
        public void sendText(String text) {
            throw new IllegalStateException(REFUSAL);
        }
    }
}
