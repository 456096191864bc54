package io.twintrace.websocket.room;

import io.twintrace.websocket.PreparedMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The last messages of a room. Only the thread that delivers uses it. */
final class History {
    private final int maxMessages;
    private final long maxBytes;
    private final ArrayDeque<Delivered> kept = new ArrayDeque<>();
    private long bytes;

    /** The last message that is not kept any more; null as long as it is not known what came before. */
    private MessageId forgotten;

    /** Whether messages are missing whose places are not known yet. */
    private boolean hasUnknownGap;

    /** Whether messages are missing before the next one. */
    private boolean hasGapBeforeNext;

    /**
     * A message, and what members get of it.
     *
     * @param message the message
     * @param shown in the format of the room
     */
    record Delivered(RoomMessage message, PreparedMessage shown) {}

    History(RoomOptions options) {
        this.maxMessages = options.history();
        this.maxBytes = options.historyBytes();
    }

    /** Notes that messages up to this one may be missing. */
    void beginsAfter(MessageId id) {
        forgotten = id;
    }

    /** Notes that messages are missing whose places are not known. */
    void unknownGap() {
        hasUnknownGap = true;
    }

    /** Notes that the last of these is at this place. */
    void gapUntil(MessageId id) {
        hasUnknownGap = false;
        forgetUntil(id);
    }

    /** Notes that messages are missing before the next one. */
    void gapBeforeNext() {
        hasGapBeforeNext = true;
    }

    private void forgetUntil(MessageId id) {
        if (forgotten != null && forgotten.compareTo(id) < 0) {
            forgotten = id;
        }
    }

    /** Keeps a message, unless it has no id or is for one member only. */
    void add(Delivered delivered) {
        Optional<MessageId> id = delivered.message().id();
        if (id.isEmpty() || delivered.message().receiver().isPresent()) {
            return;
        }
        if (hasGapBeforeNext) {
            hasGapBeforeNext = false;
            forgetUntil(id.get());
        }
        kept.addLast(delivered);
        bytes += delivered.shown().length();
        while (kept.size() > maxMessages || bytes > maxBytes) {
            Delivered oldest = kept.removeFirst();
            bytes -= oldest.shown().length();
            forgetUntil(oldest.message().id().orElseThrow());
        }
    }

    /** Returns whether all messages after one are kept. */
    boolean isCompleteAfter(MessageId seen) {
        return !hasUnknownGap && !hasGapBeforeNext && forgotten != null && seen.compareTo(forgotten) >= 0;
    }

    /** Returns the id of the latest message that is known of; NONE if none is. */
    MessageId newest() {
        if (!kept.isEmpty()) {
            return kept.getLast().message().id().orElseThrow();
        }
        return forgotten == null ? MessageId.NONE : forgotten;
    }

    /** Returns all messages after one. */
    List<Delivered> after(MessageId seen) {
        List<Delivered> later = new ArrayList<>();
        for (Delivered each : kept) {
            if (each.message().id().orElseThrow().compareTo(seen) > 0) {
                later.add(each);
            }
        }
        return later;
    }

    /** Returns the last messages, the oldest first. */
    List<Delivered> last(int messages) {
        List<Delivered> all = new ArrayList<>(kept);
        return all.subList(Math.max(0, all.size() - messages), all.size());
    }
}
