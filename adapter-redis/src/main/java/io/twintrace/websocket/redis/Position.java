package io.twintrace.websocket.redis;

/** Where a reader is in a stream, by the last id and by how many entries were ever added up to there. */
final class Position {
    /** Of {@link #ordinal}. */
    static final long UNKNOWN = -1;

    /** The end of the past, when the room was opened. */
    EntryId first = EntryId.NONE;

    EntryId last = EntryId.NONE;
    long ordinal = UNKNOWN;

    void passed(String id) {
        last = EntryId.parse(id);
        if (ordinal != UNKNOWN) {
            ordinal++;
        }
    }
}
