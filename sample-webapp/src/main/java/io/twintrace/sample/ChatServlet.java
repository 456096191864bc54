package io.twintrace.sample;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.room.Member;
import io.twintrace.websocket.room.MessageId;
import io.twintrace.websocket.servlet.UpgradeServlet;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A small chat room. Each connection's handler reads, and the room does all writes. The library sends Pings, as web.xml
 * says.
 */
public final class ChatServlet extends UpgradeServlet {
    private static final long serialVersionUID = 1L;

    private static final int MAX_NAME_LENGTH = 32;
    private static final int MAX_TEXT_LENGTH = 2000;

    private transient ChatRoom room;

    @Override
    protected void started() {
        room = new ChatRoom();
    }

    @Override
    protected void handle(BlockingConnection connection) throws Exception {
        Optional<Member> member = Optional.empty();
        try {
            for (JsonObject said; (said = connection.readJson(JsonObject.class)) != null; ) {
                switch (text(said, "type")) {
                    case "join" ->
                        member = member.isPresent() ? refuseTwice(connection, member) : join(connection, said);
                    case "say" -> say(connection, member, cut(text(said, "text"), MAX_TEXT_LENGTH));
                    default -> room.refuse(connection, "the type of a message must be join or say");
                }
            }
        } finally {
            member.ifPresent(Member::close);
        }
    }

    private Optional<Member> join(BlockingConnection connection, JsonObject said) {
        Optional<MessageId> after = Optional.empty();
        try {
            after = Optional.of(text(said, "after")).filter(id -> !id.isEmpty()).map(MessageId::parse);
        } catch (IllegalArgumentException e) {
            // Of another version of the page, which gets the last messages as if it were new.
        }
        String key = text(said, "key");
        return room.join(connection, cut(text(said, "name"), MAX_NAME_LENGTH), key.isEmpty() ? "" : hash(key), after);
    }

    private Optional<Member> refuseTwice(BlockingConnection connection, Optional<Member> member) {
        room.refuse(connection, "you have already joined");
        return member;
    }

    private void say(BlockingConnection connection, Optional<Member> member, String text) {
        if (member.isEmpty()) {
            room.refuse(connection, "join first");
        } else {
            room.say(connection, member.get(), text);
        }
    }

    private static String hash(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
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
