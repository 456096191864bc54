package io.twintrace.sample;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.servlet.UpgradeServlet;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A small chat room. Each connection's handler reads, and the room does all writes. */
public final class ChatServlet extends UpgradeServlet {
    private static final long serialVersionUID = 1L;

    private static final int MAX_NAME_LENGTH = 32;
    private static final int MAX_TEXT_LENGTH = 2000;
    private static final long PING_SECONDS = 60;

    private final transient ChatRoom room = new ChatRoom();
    private transient ScheduledExecutorService heartbeat;

    @Override
    protected void started() {
        heartbeat = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "chat-heartbeat");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void destroy() {
        super.destroy();
        heartbeat.shutdownNow();
    }

    @Override
    protected void handle(BlockingConnection connection) throws Exception {
        // Any thread may send a control frame, so the heartbeat and the room do not conflict.
        Future<?> pings =
                heartbeat.scheduleAtFixedRate(() -> ping(connection), PING_SECONDS, PING_SECONDS, TimeUnit.SECONDS);
        ChatRoom.Member member = room.visitor(connection);
        try {
            for (JsonObject said; (said = connection.readJson(JsonObject.class)) != null; ) {
                answer(member, said);
            }
        } finally {
            pings.cancel(false);
            room.leave(member);
        }
    }

    private void answer(ChatRoom.Member member, JsonObject said) {
        switch (text(said, "type")) {
            case "join" -> room.join(member, cut(text(said, "name"), MAX_NAME_LENGTH));
            case "say" -> room.say(member, cut(text(said, "text"), MAX_TEXT_LENGTH));
            default -> room.refuse(member, "the type of a message must be join or say");
        }
    }

    private static String text(JsonObject json, String name) {
        return json.get(name) instanceof JsonPrimitive value
                ? value.getAsString().strip()
                : "";
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }

    private static void ping(WebSocketConnection connection) {
        try {
            // A stuck peer delays the pings of the others, by two seconds at most.
            connection.writeControl(ControlType.PING, new byte[0], Instant.now().plusSeconds(2));
        } catch (IOException e) {
            // The connection has ended, and its handler sees that too.
        }
    }
}
