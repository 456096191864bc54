package io.twintrace.websocket.detect;

/** What a {@link WriteDetector} asks about its connection, for reports. */
public interface ConnectionActivity {
    /** For a connection that nothing is known about. */
    ConnectionActivity UNKNOWN = new ConnectionActivity() {
        @Override
        public long lastMessageFrame() {
            return 0;
        }

        @Override
        public long received() {
            return 0;
        }

        @Override
        public boolean isOver() {
            return false;
        }
    };

    /**
     * Called only for a report, inside the guard.
     *
     * @return when the latest message frame began, in terms of {@link System#nanoTime()}
     */
    long lastMessageFrame();

    /**
     * Called at every call of a guarded method.
     *
     * @return how much message data has arrived from the peer, in any unit
     */
    long received();

    /**
     * Called only if a thread starts a message while another thread's is open, inside the guard.
     *
     * @return whether nothing is written any more, so that no message can be cut in half
     */
    boolean isOver();
}
