package io.twintrace.gallery.jakarta;

import io.twintrace.gallery.Behaviour;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** Runs the script when a message comes. */
public final class BehaviourEndpoint extends Endpoint {
    private static final byte[] BYTES = {1, 2, 3};
    private static final int MORE_THAN_A_BUFFER = 20_000;

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        session.addMessageHandler(String.class, message -> run(session));
    }

    private static void run(Session session) {
        RemoteEndpoint.Basic remote = session.getBasicRemote();
        Behaviour script = new Behaviour(session.getId());
        whole(script, remote);
        parts(script, remote);
        streams(script, remote);
        control(script, remote);
        script.call("async", () -> session.getAsyncRemote().sendText("async").get(10, TimeUnit.SECONDS));
        script.call("null text", () -> remote.sendText(null));
        script.call("null data", () -> remote.sendBinary(null));
        script.call("close", session::close);
        script.call("after close", () -> remote.sendText("too late"));
        script.call("remote after close", () -> session.getBasicRemote().sendText("too late"));
        script.end();
    }

    private static void whole(Behaviour script, RemoteEndpoint.Basic remote) {
        script.call("text", () -> remote.sendText("text"));
        script.call("long text", () -> remote.sendText("x".repeat(MORE_THAN_A_BUFFER)));
        script.call("binary", () -> remote.sendBinary(ByteBuffer.wrap(BYTES)));
        script.call("object", () -> remote.sendObject(new Price("ACME", 4217)));
        script.call("string object", () -> remote.sendObject("string"));
        script.call("number object", () -> remote.sendObject(42));
        script.call(
                "unknown object",
                () -> remote.sendObject(new Object() {
                    @Override
                    public String toString() {
                        return "unknown";
                    }
                }));
    }

    private static void parts(Behaviour script, RemoteEndpoint.Basic remote) {
        script.call("first part", () -> remote.sendText("first, ", false));
        script.call("binary between", () -> remote.sendBinary(ByteBuffer.wrap(BYTES), false));
        script.call("last part", () -> remote.sendText("last", true));
        script.call("first data", () -> remote.sendBinary(ByteBuffer.wrap(BYTES), false));
        script.call("last data", () -> remote.sendBinary(ByteBuffer.wrap(BYTES), true));
    }

    private static void streams(Behaviour script, RemoteEndpoint.Basic remote) {
        script.call("stream", () -> {
            try (OutputStream out = remote.getSendStream()) {
                out.write(BYTES);
                out.write(new byte[MORE_THAN_A_BUFFER]);
            }
        });
        script.call("writer", () -> {
            try (Writer out = remote.getSendWriter()) {
                out.write("written, ");
                out.write("x".repeat(MORE_THAN_A_BUFFER));
            }
        });
        script.call("closed twice", () -> {
            Writer out = remote.getSendWriter();
            out.write("twice");
            out.close();
            out.close();
        });
    }

    private static void control(Behaviour script, RemoteEndpoint.Basic remote) {
        script.call("ping", () -> remote.sendPing(ByteBuffer.wrap(BYTES)));
        script.call("pong", () -> remote.sendPong(ByteBuffer.wrap(BYTES)));
        script.call("long ping", () -> remote.sendPing(ByteBuffer.allocate(126)));
        script.call("batching", () -> remote.setBatchingAllowed(true));
        script.call("batched", () -> remote.sendText("batched"));
        script.call("flush", remote::flushBatch);
    }

    @Override
    public void onError(Session session, Throwable failure) {
        // The script itself records what it gets.
    }
}
