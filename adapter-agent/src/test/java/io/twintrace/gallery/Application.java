package io.twintrace.gallery;

/**
 * A small application that writes to its client with two methods, {@code pushPrices} and {@code pushNews}. One object
 * serves one path.
 *
 * @param <S> the session of the WebSocket API
 */
public abstract class Application<S> {
    private Tally tally;

    /** Call once, before any other method. */
    public final void count(Tally theTally) {
        tally = theTally;
    }

    /** Starts the writers. Called on a thread of the container for each client's message. */
    public abstract void start(S session);

    /** Ends the writers, since a client has left. */
    public final void stop() {
        tally.stop();
    }

    /** How many clients there must be before both writers run. */
    public int clients() {
        return 1;
    }

    /** The class that holds the two methods. */
    public Class<?> atFault() {
        return getClass();
    }

    protected final boolean goesOn() {
        return tally.goesOn();
    }

    protected Tally.Write begin() {
        return tally.begin(1);
    }

    protected final Tally.Write begin(int parts) {
        return tally.begin(parts);
    }

    protected final Tally.Write beginShared() {
        return tally.beginShared();
    }

    protected final void failed(Exception failure) {
        tally.failed(failure);
    }

    /** Repeats it on a thread of its own until the application ends. */
    protected final void repeat(String thread, Runnable push) {
        Thread started = new Thread(() -> repeat(push), thread);
        started.setDaemon(true);
        started.start();
    }

    /** Repeats it on this thread until the application ends. */
    protected final void repeat(Runnable push) {
        while (goesOn()) {
            push.run();
        }
    }
}
