package io.twintrace.websocket.redis;

import io.twintrace.websocket.room.MessageId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Protocol;

/** Finds where to read a room's stream: at first behind its history, later behind what was read before. */
final class RoomStart {
    private static final int PAGE = 128;

    private final RedisConnection connection;
    private final Outgoing outgoing;

    RoomStart(RedisConnection connection, Outgoing outgoing) {
        this.connection = connection;
        this.outgoing = outgoing;
    }

    void start(Room room, Session session) {
        Optional<StreamInfo> info = StreamInfo.read(connection, room.output.stream);
        if (room.readySince == null) {
            begin(room, info);
        } else {
            goOn(room, info);
        }
        room.readySince = session;
    }

    private void begin(Room room, Optional<StreamInfo> info) {
        List<StreamEntry> past = info.map(known -> past(room, known.last())).orElse(List.of());
        boolean all = past.size() < room.historyLength
                && info.map(StreamInfo::removed).orElse(1L) == 0;
        int live = 0;
        while (live < past.size() && !past.get(live).writer().equals(room.output.writer)) {
            live++;
        }
        room.begin(all ? MessageId.NONE : beginning(info, past), past.subList(0, live));
        Position position = room.position;
        position.last = info.map(StreamInfo::last).orElse(EntryId.NONE);
        position.first = past.isEmpty()
                ? position.last
                : live == 0
                        ? before(past.get(0))
                        : EntryId.parse(past.get(live - 1).id());
        position.ordinal = info.map(StreamInfo::added).orElse(0L);
        if (position.ordinal != Position.UNKNOWN) {
            position.ordinal -= past.size() - live;
        }
        // What this node has published since it opened the room is not the past, and neither is what came after it.
        if (live < past.size()) {
            room.receive(past.subList(live, past.size()));
        }
    }

    /** {@return the id just before the first entry that was read} */
    private MessageId beginning(Optional<StreamInfo> info, List<StreamEntry> past) {
        if (!past.isEmpty()) {
            return before(past.get(0)).floor();
        }
        // A room that is not known to Redis may be new, or have had messages that were not kept.
        return info.map(known -> known.last().floor()).orElseGet(this::now);
    }

    private static EntryId before(StreamEntry entry) {
        return EntryId.parse(entry.id()).previous();
    }

    private MessageId now() {
        List<Object> time = RedisConnection.list(connection.call(Command.of(Protocol.Command.TIME)));
        return new MessageId(Long.parseLong(Command.text(time.get(0))) * 1000 - 1, 0);
    }

    private List<StreamEntry> past(Room room, EntryId last) {
        Deque<StreamEntry> past = new ArrayDeque<>();
        String end = last.toString();
        while (past.size() < room.historyLength || mayHoldOwn(room, past.peekFirst())) {
            List<StreamEntry> page = StreamEntry.all(connection.call(
                    Command.of(Protocol.Command.XREVRANGE, room.output.stream, end, "-", "COUNT", PAGE)));
            page.forEach(past::addFirst);
            if (page.size() < PAGE) {
                break;
            }
            end = "(" + past.getFirst().id();
        }
        return List.copyOf(past);
    }

    /** Whether there may be messages of this opening before an entry. They have numbers from 1. */
    private boolean mayHoldOwn(Room room, StreamEntry oldest) {
        return outgoing.hasPublished(room.output)
                && (oldest == null || !oldest.writer().equals(room.output.writer) || oldest.sequence() != 1);
    }

    private void goOn(Room room, Optional<StreamInfo> info) {
        Position position = room.position;
        boolean known = position.ordinal != Position.UNKNOWN
                && info.isPresent()
                && info.get().added() != Position.UNKNOWN;
        if (info.isEmpty()
                || info.get().last().compareTo(position.last) < 0
                || (known && info.get().added() < position.ordinal)) {
            // Redis has lost the stream, or its end. What came since the room was opened is new, or known by its
            // number.
            boolean keepsPast = info.isPresent() && info.get().last().compareTo(position.first) >= 0;
            position.last = keepsPast ? position.first : EntryId.NONE;
            position.ordinal =
                    keepsPast ? Position.UNKNOWN : info.map(StreamInfo::removed).orElse(0L);
            return;
        }
        if (known && info.get().removed() > position.ordinal) {
            long trimmed = info.get().removed() - position.ordinal;
            long others = trimmed - outgoing.unreturned(room.output).size();
            position.ordinal = info.get().removed();
            // Redis drops the oldest entries: while one that was read is there, none is missing behind it. The count
            // alone does not show that, since a slow reader has told what was dropped before it, but has not counted
            // it.
            boolean hasGap = info.get()
                    .first()
                    .map(first -> first.compareTo(position.last) > 0)
                    .orElse(true);
            if (hasGap && others > 0) {
                room.trimmed(others);
            }
        }
    }
}
