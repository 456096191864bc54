package io.twintrace.websocket.room;

/**
 * The place of a message in its room. Later messages have greater numbers, on all nodes. A client that reconnects names
 * the last one it has seen, and gets what came after it: {@link JoinOptions#withAfter(MessageId)}.
 *
 * @param time milliseconds since 1970; not negative
 * @param sequence tells apart the messages of one millisecond; not negative
 */
public record MessageId(long time, long sequence) implements Comparable<MessageId> {
    /** Comes before all messages. */
    public static final MessageId NONE = new MessageId(0, 0);

    /**
     * Checks the numbers.
     *
     * @param time not negative
     * @param sequence not negative
     */
    public MessageId {
        if (time < 0 || sequence < 0) {
            throw new IllegalArgumentException(
                    "message id is " + time + "-" + sequence + ", but its numbers must not be negative");
        }
    }

    /**
     * Reads an id.
     *
     * @param text as {@link #toString()} writes it, such as {@code 1764260000000-3}
     * @return the id
     * @throws IllegalArgumentException for any other text
     */
    public static MessageId parse(String text) {
        int dash = Math.max(text.indexOf('-'), 0);
        try {
            return new MessageId(Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException("message id is \""
                    + (text.length() > 50 ? text.substring(0, 50) + "..." : text)
                    + "\", but must be two numbers such as 1764260000000-3");
        }
    }

    @Override
    public int compareTo(MessageId other) {
        int byTime = Long.compare(time, other.time);
        return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return time + "-" + sequence;
    }
}
