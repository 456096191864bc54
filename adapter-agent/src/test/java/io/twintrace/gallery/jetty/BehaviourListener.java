package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Behaviour;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;

/** Runs the script when a message comes. */
public final class BehaviourListener implements Session.Listener.AutoDemanding {
    private static final byte[] BYTES = {1, 2, 3};
    private static final int MORE_THAN_A_BUFFER = 20_000;

    private volatile Session session;
    private final Behaviour script = new Behaviour("no session has a name");

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
    }

    @Override
    public void onWebSocketText(String message) {
        call("text", (on, sent) -> on.sendText("text", sent));
        call("long text", (on, sent) -> on.sendText("x".repeat(MORE_THAN_A_BUFFER), sent));
        call("binary", (on, sent) -> on.sendBinary(ByteBuffer.wrap(BYTES), sent));
        call("first part", (on, sent) -> on.sendPartialText("first, ", false, sent));
        call("binary between", (on, sent) -> on.sendPartialBinary(ByteBuffer.wrap(BYTES), false, sent));
        call("text between", (on, sent) -> on.sendText("between", sent));
        call("last part", (on, sent) -> on.sendPartialText("last", true, sent));
        call("first data", (on, sent) -> on.sendPartialBinary(ByteBuffer.wrap(BYTES), false, sent));
        call("last data", (on, sent) -> on.sendPartialBinary(ByteBuffer.wrap(BYTES), true, sent));
        call("ping", (on, sent) -> on.sendPing(ByteBuffer.wrap(BYTES), sent));
        call("pong", (on, sent) -> on.sendPong(ByteBuffer.wrap(BYTES), sent));
        script.call("no callback", () -> session.sendText("no callback", null));
        script.call("ping without callback", () -> session.sendPing(ByteBuffer.wrap(BYTES), null));
        call("null text", (on, sent) -> on.sendText(null, sent));
        call("close", (on, sent) -> on.close(StatusCode.NORMAL, "bye", sent));
        call("after close", (on, sent) -> on.sendText("too late", sent));
        script.end();
    }

    private void call(String name, BiConsumer<Session, Callback> send) {
        script.call(name, () -> {
            Callback.Completable sent = new Callback.Completable();
            send.accept(session, sent);
            sent.get(10, TimeUnit.SECONDS);
        });
    }
}
