package io.twintrace.websocket.room;

import io.twintrace.websocket.internal.io.TaskThreads;
import io.twintrace.websocket.internal.write.OfferBatch;
import io.twintrace.websocket.internal.write.WriteBatch;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The order of one room's events on this node. Any thread adds events. The first thread that finds none at work handles
 * them, one after another; the others leave theirs to it. So no thread waits for a lock while a message goes to thousands
 * of members.
 */
final class Delivery {
    /** Handles the events, one at a time. */
    interface Target {
        /** Gives messages to all members, with one write for each member if possible. Returns how many deliveries. */
        int deliver(List<RoomMessage> messages);
    }

    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private static final int MAX_AT_ONCE = 64;

    /** The most deliveries by a thread that has other connections to serve; more would take some milliseconds. */
    private static final int MAX_IN_TURN = 512;

    /** The most deliveries by a thread of the application, which has something else to do as well. */
    private static final int MAX_BY_APPLICATION = 50_000;

    private static final long IDLE_THREAD_MILLIS = 500;
    private static final TaskThreads THREADS = new TaskThreads("websocket-room-idle", IDLE_THREAD_MILLIS);

    private final String room;
    private final RoomOptions options;
    private final Target target;
    private final ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();

    /** Messages, and tasks for everything else. */
    private final Queue<Object> events = new ConcurrentLinkedQueue<>();

    /** The number of calls of {@link #run} that no finished run has answered. */
    private final AtomicInteger unanswered = new AtomicInteger();

    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition lessWaits = lock.newCondition();

    /** How many threads wait for less to wait. */
    private final AtomicInteger waiters = new AtomicInteger();

    /** How many deliveries one message took last. Owned by the thread at work. */
    private int perMessage;

    Delivery(String room, RoomOptions options, Target target) {
        this.room = room;
        this.options = options;
        this.target = target;
    }

    /** Adds a message. {@link #run} handles it. */
    void add(RoomMessage message) {
        waiting.incrementAndGet();
        waitingBytes.addAndGet(message.content().length());
        events.add(message);
    }

    /** Adds a task. {@link #run} runs it, after all messages that were added before. */
    void add(Runnable task) {
        events.add(task);
    }

    /** Returns how many messages wait. */
    int waiting() {
        return waiting.get();
    }

    private boolean isFull() {
        return waiting.get() >= options.maxWaiting() || waitingBytes.get() >= options.maxWaitingBytes();
    }

    /** Handles all events, unless another thread does. Then waits while too much waits, if this thread may. */
    void run() {
        if (unanswered.getAndIncrement() == 0) {
            work(WriteBatch.mayWait() ? MAX_BY_APPLICATION : MAX_IN_TURN);
        } else {
            boolean unused = admit();
        }
    }

    /** Waits while too much waits, if this thread may. Returns false if it may not. */
    boolean admit() {
        if (!isFull()) {
            return true;
        }
        if (!WriteBatch.mayWait()) {
            return false;
        }
        awaitLess();
        return true;
    }

    private void awaitLess() {
        boolean interrupted = false;
        waiters.incrementAndGet();
        lock.lock();
        try {
            while (isFull() && !interrupted) {
                lessWaits.await();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            lock.unlock();
            waiters.decrementAndGet();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- The thread at work ---------------------------------------------------------------------------------------

    /** @param budget the most deliveries before another thread goes on */
    private void work(int budget) {
        int left = budget;
        int answered = 1;
        do {
            Object event;
            while ((event = events.peek()) != null) {
                if (left < perMessage && passOn()) {
                    return;
                }
                left -= handle(event);
            }
            answered = unanswered.addAndGet(-answered);
        } while (answered != 0);
    }

    /** Handles the first event, and the messages behind it if it is one. Returns how many deliveries. */
    private int handle(Object first) {
        WriteBatch begun = OfferBatch.begin(); // so that nothing waits for a peer
        try {
            if (first instanceof Runnable task) {
                events.remove();
                task.run();
                return 1;
            }
            return deliver();
        } catch (RuntimeException | Error e) { // of the application's code: the room goes on
            LOGGER.log(Level.ERROR, "room \"" + room + "\" could not handle an event", e);
            return 1;
        } finally {
            OfferBatch.end(begun);
        }
    }

    private int deliver() {
        List<RoomMessage> messages = new ArrayList<>(1);
        int bytes = 0;
        while (messages.size() < MAX_AT_ONCE && events.peek() instanceof RoomMessage message) {
            events.remove();
            messages.add(message);
            bytes += message.content().length();
        }
        waiting.addAndGet(-messages.size());
        waitingBytes.addAndGet(-bytes);
        int deliveries = target.deliver(messages);
        perMessage = deliveries / messages.size();
        if (waiters.get() > 0) {
            lock.lock();
            try {
                lessWaits.signalAll();
            } finally {
                lock.unlock();
            }
        }
        return deliveries;
    }

    /** Has another thread go on. Returns false if there is none. */
    private boolean passOn() {
        try {
            THREADS.start("websocket-room-" + room, contextClassLoader, () -> work(Integer.MAX_VALUE));
            return true;
        } catch (OutOfMemoryError e) { // or the system has no thread
            return false;
        }
    }
}
