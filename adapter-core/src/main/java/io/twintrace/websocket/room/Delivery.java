package io.twintrace.websocket.room;

import io.twintrace.websocket.internal.io.StackProbe;
import io.twintrace.websocket.internal.io.TaskThreads;
import io.twintrace.websocket.internal.write.OfferBatch;
import io.twintrace.websocket.internal.write.WriteBatch;
import io.twintrace.websocket.internal.write.WriteThreads;
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
    /** Handles the messages, one call at a time. */
    interface Target {
        /** Returns how many members get a message. */
        int size();

        /** Gives messages to all members, with one write for each member if possible. */
        void deliver(List<RoomMessage> messages);
    }

    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private static final int MAX_AT_ONCE = 64;

    /** The most members served by a thread that has other connections to serve; more would take some milliseconds. */
    private static final int MAX_IN_TURN = 512;

    /** The most members served by a thread of the application, which has something else to do as well. */
    private static final int MAX_BY_APPLICATION = 50_000;

    /** The most deliveries in one go by such a thread. More members than it may serve are left to others, for longer. */
    private static final int MAX_DELIVERIES_IN_TURN = 4096;

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

    private final Runnable atLength = this::runAtLength;
    private final Runnable briefly = this::runBriefly;

    /** How many threads wait for less to wait. */
    private final AtomicInteger waiters = new AtomicInteger();

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

    /** Adds a task for the application, which counts as a message. {@link #run} runs it. */
    void addCounted(int bytes, Runnable task) {
        waiting.incrementAndGet();
        waitingBytes.addAndGet(bytes);
        events.add((Runnable) () -> {
            waiting.decrementAndGet();
            waitingBytes.addAndGet(-bytes);
            try {
                task.run();
            } finally {
                signalIfLess();
            }
        });
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

    /**
     * Handles all events, unless another thread does. If the thread's batch is about to end, it handles them then,
     * because more messages may come that can leave together.
     */
    void run() {
        boolean soon = waiting.get() < MAX_AT_ONCE && !isFull() && WriteBatch.putOff(task());
        if (!soon) {
            runNow();
        }
    }

    private Runnable task() {
        return WriteBatch.mayWait() ? atLength : briefly;
    }

    /** Handles all events, unless another thread does. Then waits while too much waits, if this thread may. */
    void runNow() {
        task().run();
        if (WriteBatch.mayWait()) {
            boolean unused = admit();
        }
    }

    private void runAtLength() {
        run(MAX_BY_APPLICATION);
    }

    /** The same for a thread that may be the container's: it does not wait, and has others to serve. */
    void runBriefly() {
        run(MAX_IN_TURN);
    }

    private void run(int budget) {
        StackProbe.probe(); // while nothing has changed: the room would wait for this thread for ever
        if (unanswered.getAndIncrement() == 0) {
            work(budget);
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

    /** @param budget how much to do before another thread goes on, about as many members to serve */
    private void work(int budget) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(contextClassLoader); // the thread may be another application's, or nobody's
        try {
            workHere(budget);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void workHere(int budget) {
        int left = budget;
        int answered = 1;
        boolean done = false;
        try {
            do {
                while (!events.isEmpty()) {
                    if (left < costOfNext() && passOn()) {
                        done = true;
                        return;
                    }
                    left -= handle();
                }
                answered = unanswered.addAndGet(-answered);
            } while (answered != 0);
            done = true;
        } finally {
            if (!done) { // after an error, such as a lack of memory
                WriteThreads.startAtLast(() -> work(Integer.MAX_VALUE));
            }
        }
    }

    private int costOfNext() {
        return events.peek() instanceof RoomMessage ? target.size() + 1 : 1;
    }

    /**
     * Handles the first event, and the messages behind it if it is one.
     *
     * @return how much that was
     */
    private int handle() {
        WriteBatch begun = null;
        try {
            begun = OfferBatch.begin(); // so that nothing waits for a peer
            if (events.peek() instanceof Runnable) {
                Runnable task = (Runnable) events.remove();
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
        int members = target.size();
        int most = members > MAX_IN_TURN ? MAX_AT_ONCE : Math.min(MAX_AT_ONCE, MAX_DELIVERIES_IN_TURN / (members + 1));
        List<RoomMessage> messages = new ArrayList<>(most);
        long bytes = 0;
        while (messages.size() < most && events.peek() instanceof RoomMessage message) {
            events.remove();
            messages.add(message);
            bytes += message.content().length();
        }
        waiting.addAndGet(-messages.size());
        waitingBytes.addAndGet(-bytes);
        try {
            target.deliver(messages);
        } finally {
            signalIfLess();
        }
        return members + messages.size() + members * messages.size() / 8; // a message more costs less than a member
    }

    private void signalIfLess() {
        if (waiters.get() > 0) {
            lock.lock();
            try {
                lessWaits.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Has another thread go on. Returns false if there is none. */
    private boolean passOn() {
        try {
            THREADS.start("websocket-room-" + room, contextClassLoader, () -> work(Integer.MAX_VALUE));
            return true;
        } catch (OutOfMemoryError | StackOverflowError e) { // or the system has no thread
            return false;
        }
    }
}
