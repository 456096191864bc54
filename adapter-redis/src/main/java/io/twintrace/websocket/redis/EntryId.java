package io.twintrace.websocket.redis;

import io.twintrace.websocket.room.MessageId;

/**
 * The id of an entry of a stream. Redis allows greater numbers than a {@link MessageId}, so an entry that no backplane
 * has written may have an id that no message can have.
 *
 * @param time unsigned
 * @param sequence unsigned
 */
record EntryId(long time, long sequence) implements Comparable<EntryId> {
    /** Comes before all entries. */
    static final EntryId NONE = new EntryId(0, 0);

    /** Reads an id that Redis has given. */
    static EntryId parse(String text) {
        int dash = text.indexOf('-');
        return new EntryId(
                Long.parseUnsignedLong(text.substring(0, dash)), Long.parseUnsignedLong(text.substring(dash + 1)));
    }

    EntryId previous() {
        return sequence != 0 ? new EntryId(time, sequence - 1) : new EntryId(time - 1, -1);
    }

    /** {@return the greatest id of a message that is not greater than this one} */
    MessageId floor() {
        return time < 0
                ? new MessageId(Long.MAX_VALUE, Long.MAX_VALUE)
                : new MessageId(time, sequence < 0 ? Long.MAX_VALUE : sequence);
    }

    @Override
    public int compareTo(EntryId other) {
        int byTime = Long.compareUnsigned(time, other.time);
        return byTime != 0 ? byTime : Long.compareUnsigned(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(time) + "-" + Long.toUnsignedString(sequence);
    }
}
