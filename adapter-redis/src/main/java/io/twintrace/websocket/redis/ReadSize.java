package io.twintrace.websocket.redis;

/**
 * How many messages of each room to read at once, so that a reply has a bound however many rooms are open. A busy room
 * gets more while the others are calm. For the reader.
 */
final class ReadSize {
    /** For one room. */
    private static final int MAX_READ = 128;

    /** For all rooms, unless there are more rooms. */
    private static final int MAX_TOTAL = 1024;

    /** Less than {@link #MAX_TOTAL} after the memory was too small for a reply. */
    private int total = MAX_TOTAL;

    private int size = 1;

    /** {@return how many messages to read of each room} */
    int next(int rooms) {
        size = Math.max(size, base(rooms));
        return size;
    }

    private int base(int rooms) {
        return Math.max(1, Math.min(Math.min(MAX_READ, total), total / Math.max(1, rooms)));
    }

    /**
     * Takes what came of it.
     *
     * @param rooms how many were read
     * @param largest how many messages of one room came
     * @param sum how many messages of all rooms came
     */
    void read(int rooms, int largest, int sum) {
        if (largest < size) {
            size = base(rooms);
        } else if (sum > total / 2) {
            size = Math.max(1, size / 2);
        } else {
            size = Math.min(MAX_READ, size * 2);
        }
        total = Math.min(MAX_TOTAL, total + 1);
    }

    /** The reply was too large for the memory. */
    void tooLarge() {
        total = Math.max(1, Math.min(total, size) / 2);
        size = 1;
    }
}
