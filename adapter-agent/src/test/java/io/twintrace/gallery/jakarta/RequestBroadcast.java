package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** Each client's request is passed on to all who listen, by the threads of the container that serve the requests. */
class RequestBroadcast extends Application<Session> {
    private final Set<Session> members = ConcurrentHashMap.newKeySet();
    private int requests;

    @Override
    public int clients() {
        return 2;
    }

    @Override
    public void start(Session session) {
        if (isFirst()) {
            members.add(session); // the other one only asks
            repeat(() -> members.forEach(this::pushPrices));
        } else {
            repeat(() -> members.forEach(this::pushNews));
        }
    }

    private synchronized boolean isFirst() {
        return ++requests == 1;
    }

    void pushPrices(Session session) {
        try (Write write = begin()) {
            session.getBasicRemote().sendText(PRICE);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    void pushNews(Session session) {
        try (Write write = begin()) {
            session.getBasicRemote().sendText(NEWS);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with a queue for each session, and one thread that empties it. */
    static final class Repaired extends RequestBroadcast {
        private static final int CAPACITY = 100;

        private final Map<Session, BlockingQueue<Runnable>> queues = new ConcurrentHashMap<>();

        @Override
        void pushPrices(Session session) {
            put(session, () -> super.pushPrices(session));
        }

        @Override
        void pushNews(Session session) {
            put(session, () -> super.pushNews(session));
        }

        private void put(Session session, Runnable push) {
            try {
                queues.computeIfAbsent(session, this::startWriter).put(push);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private BlockingQueue<Runnable> startWriter(Session session) {
            BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>(CAPACITY);
            Thread writer = new Thread(() -> empty(queue), "writer-" + session.getId());
            writer.setDaemon(true);
            writer.start();
            return queue;
        }

        private static void empty(BlockingQueue<Runnable> queue) {
            try {
                while (true) {
                    queue.take().run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
