package io.twintrace.sample;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.room.JoinOptions;
import io.twintrace.websocket.room.Member;
import io.twintrace.websocket.room.MessageId;
import io.twintrace.websocket.room.Presence;
import io.twintrace.websocket.room.Room;
import io.twintrace.websocket.room.RoomListener;
import io.twintrace.websocket.room.RoomMessage;
import io.twintrace.websocket.room.RoomOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The members of the chat on all nodes, and their messages. Safe for use by any thread. */
final class ChatRoom implements RoomListener {
    private static final Gson GSON = new Gson();
    private static final int MAX_MEMBERS = 200;
    private static final int LAST_MESSAGES = 20;

    private static final PreparedMessage GAP = message(Map.of("type", "gap"));

    /** Held while a name is given, so that two visitors of this node do not get the same one. */
    private final ReentrantLock naming = new ReentrantLock();

    private final Room room = SampleRooms.room(
            "chat", RoomOptions.defaults().withFormat(ChatRoom::withId).withListener(this));

    /**
     * What all nodes know of a member.
     *
     * @param name shown to all
     * @param key a secret of the member's page, by which it gets its name back at once; only its hash
     */
    private record Person(String name, String key) {
        /** Returns an empty name for a value that is not of this version of the chat. */
        static Person of(Presence presence) {
            try {
                Person person = GSON.fromJson(presence.value(), Person.class);
                if (person != null && person.name() != null && person.key() != null) {
                    return person;
                }
            } catch (JsonParseException e) {
                // Another application may use the same Redis.
            }
            return new Person("", "");
        }
    }

    // ---- Joining --------------------------------------------------------------------------------------------------

    /**
     * Lets a visitor in, and sends it the last messages, or all that it has missed, and then a welcome.
     *
     * @param key the hash of its page's secret; empty for none
     * @param after the last message that it has seen, if it comes back
     * @return empty if it is refused, which it is told
     */
    Optional<Member> join(WebSocketConnection visitor, String name, String key, Optional<MessageId> after) {
        Person person = new Person(name, key);
        naming.lock();
        try {
            String problem = problemWith(person);
            if (problem != null) {
                refuse(visitor, problem);
                return Optional.empty();
            }
            JoinOptions how = JoinOptions.defaults()
                    .withValue(GSON.toJson(person))
                    .withLast(LAST_MESSAGES)
                    .withGapNotice(GAP);
            Member member = room.join(visitor, after.map(how::withAfter).orElse(how));
            member.send(
                    message(Map.of("type", "welcome", "you", name, "people", people(), "node", SampleRooms.node())));
            return Optional.of(member);
        } finally {
            naming.unlock();
        }
    }

    private String problemWith(Person newcomer) {
        if (newcomer.name().isEmpty()) {
            return "enter a name";
        }
        List<Presence> members = room.presence();
        for (Presence member : members) {
            Person person = Person.of(member);
            boolean isItself = !person.key().isEmpty() && person.key().equals(newcomer.key());
            if (person.name().equals(newcomer.name()) && !isItself) {
                return "this name is already taken";
            }
        }
        return members.size() >= MAX_MEMBERS ? "the room is full" : null;
    }

    private List<String> people() {
        return room().presence().stream()
                .map(member -> Person.of(member).name())
                .filter(name -> !name.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    // ---- Messages -------------------------------------------------------------------------------------------------

    /** Sends what a member says to all nodes. */
    void say(WebSocketConnection visitor, Member member, String text) {
        if (text.isEmpty()) {
            return;
        }
        String name = GSON.fromJson(member.value(), Person.class).name();
        boolean sent = member.broadcast(
                message(Map.of("type", "said", "name", name, "text", text, "time", System.currentTimeMillis())));
        if (!sent) {
            refuse(visitor, "the message was not sent, because the servers cannot reach each other; try again later");
        }
    }

    void refuse(WebSocketConnection visitor, String reason) {
        visitor.outbox().offer(message(Map.of("type", "refused", "reason", reason)));
    }

    private static PreparedMessage message(Map<String, Object> what) {
        return PreparedMessage.text(GSON.toJson(what));
    }

    /** Adds the id that a page names when it comes back. */
    private static PreparedMessage withId(RoomMessage message) {
        if (message.id().isEmpty()) {
            return message.content();
        }
        String text = StandardCharsets.UTF_8.decode(message.content().payload()).toString();
        JsonObject said = GSON.fromJson(text, JsonObject.class);
        said.addProperty("id", message.id().get().toString());
        return PreparedMessage.text(GSON.toJson(said));
    }

    // ---- Members come and go on any node --------------------------------------------------------------------------

    @Override
    public void present(Presence member) {
        room().broadcastHere(
                        message(Map.of(
                                "type", "joined", "name", Person.of(member).name())),
                        member.member());
    }

    @Override
    public void absent(Presence member) {
        String name = Person.of(member).name();
        if (!people().contains(name)) { // else its page has come back already
            room().broadcastHere(message(Map.of("type", "left", "name", name)));
        }
    }

    @Override
    public void disconnected(Optional<Throwable> why) {
        room().broadcastHere(message(Map.of("type", "apart")));
    }

    @Override
    public void connected() {
        room().broadcastHere(message(Map.of("type", "together")));
    }

    /** By its name, because the first calls come before the constructor has ended. */
    private static Room room() {
        return SampleRooms.room("chat", RoomOptions.defaults());
    }
}
