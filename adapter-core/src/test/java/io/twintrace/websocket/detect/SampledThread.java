package io.twintrace.websocket.detect;

/** A thread that runs an action when another thread takes its stack. */
final class SampledThread extends Thread {
    private volatile Runnable whenSampled = () -> {};

    SampledThread(Runnable task, String name) {
        super(task, name);
    }

    /** Runs the action once. */
    void whenSampled(Runnable action) {
        whenSampled = action;
    }

    @Override
    public StackTraceElement[] getStackTrace() {
        Runnable action = whenSampled;
        whenSampled = () -> {};
        action.run();
        return super.getStackTrace();
    }
}
