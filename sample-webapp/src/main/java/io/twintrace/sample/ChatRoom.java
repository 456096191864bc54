package io.twintrace.sample;

import com.google.gson.Gson;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The members of the chat, and their messages. Safe for use by any thread. */
final class ChatRoom {
    private static final Gson GSON = new Gson();
    private static final int MAX_MEMBERS = 200;

    private final ReentrantLock lock = new ReentrantLock();

    /** By name, in the order of joining. Guarded by lock. */
    private final Map<String, Member> members = new LinkedHashMap<>();

    /** A connected visitor, who becomes a member by joining with a name. */
    static final class Member {
        private final Outbox outbox;

        /** Guarded by the room's lock; null before joining. */
        private String name;

        Member(Outbox outbox) {
            this.outbox = outbox;
        }
    }

    Member visitor(WebSocketConnection connection) {
        return new Member(connection.outbox());
    }

    void join(Member member, String name) {
        lock.lock();
        try {
            if (member.name != null) {
                refuse(member, "you have already joined as " + member.name);
            } else if (name.isEmpty()) {
                refuse(member, "enter a name");
            } else if (members.containsKey(name)) {
                refuse(member, "this name is already taken");
            } else if (members.size() >= MAX_MEMBERS) {
                refuse(member, "the room is full");
            } else {
                tellAll(Map.of("type", "joined", "name", name));
                member.name = name;
                members.put(name, member);
                tell(member, Map.of("type", "welcome", "you", name, "people", List.copyOf(members.keySet())));
            }
        } finally {
            lock.unlock();
        }
    }

    void say(Member member, String text) {
        lock.lock();
        try {
            if (member.name == null) {
                refuse(member, "join first");
            } else if (!text.isEmpty()) {
                tellAll(Map.of("type", "said", "name", member.name, "text", text, "time", System.currentTimeMillis()));
            }
        } finally {
            lock.unlock();
        }
    }

    void leave(Member member) {
        lock.lock();
        try {
            if (member.name != null && members.remove(member.name, member)) {
                tellAll(Map.of("type", "left", "name", member.name));
                member.name = null;
            }
        } finally {
            lock.unlock();
        }
    }

    void refuse(Member member, String reason) {
        tell(member, Map.of("type", "refused", "reason", reason));
    }

    private static void tell(Member member, Map<String, Object> what) {
        member.outbox.offer(GSON.toJson(what));
    }

    /** Runs under the lock, so that all members get all messages in the same order. An offer waits only for a
     * peer that is too slow, for a moment and once, before its outbox closes it. */
    private void tellAll(Map<String, Object> what) {
        PreparedMessage message = PreparedMessage.text(GSON.toJson(what));
        members.values().forEach(member -> member.outbox.offer(message));
    }
}
