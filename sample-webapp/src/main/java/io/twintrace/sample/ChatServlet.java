package io.twintrace.sample;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.servlet.UpgradeServlet;

/**
 * A small chat room. Each connection's handler reads, and the room does all writes. The library sends Pings, as web.xml
 * says.
 */
public final class ChatServlet extends UpgradeServlet {
    private static final long serialVersionUID = 1L;

    private static final int MAX_NAME_LENGTH = 32;
    private static final int MAX_TEXT_LENGTH = 2000;

    private final transient ChatRoom room = new ChatRoom();

    @Override
    protected void handle(BlockingConnection connection) throws Exception {
        ChatRoom.Member member = room.visitor(connection);
        try {
            for (JsonObject said; (said = connection.readJson(JsonObject.class)) != null; ) {
                answer(member, said);
            }
        } finally {
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
}
