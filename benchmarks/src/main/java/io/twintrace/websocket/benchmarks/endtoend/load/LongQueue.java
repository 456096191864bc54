package io.twintrace.websocket.benchmarks.endtoend.load;

/** A first-in, first-out queue without an object for each number. */
final class LongQueue {
    private long[] ring = new long[16]; // always a power of two
    private int first;
    private int size;

    void add(long value) {
        if (size == ring.length) {
            grow();
        }
        ring[(first + size++) & (ring.length - 1)] = value;
    }

    long remove() {
        if (size == 0) {
            throw new IllegalStateException("the queue is empty");
        }
        long value = ring[first];
        first = (first + 1) & (ring.length - 1);
        size--;
        return value;
    }

    int size() {
        return size;
    }

    private void grow() {
        long[] larger = new long[2 * ring.length];
        for (int i = 0; i < size; i++) {
            larger[i] = ring[(first + i) & (ring.length - 1)];
        }
        ring = larger;
        first = 0;
    }
}
