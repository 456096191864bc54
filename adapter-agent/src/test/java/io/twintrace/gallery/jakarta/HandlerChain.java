package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** Each price is sent when the one before is complete, and news at any time. */
class HandlerChain extends Application<Session> {
    private static final int MAX_WAITING = 100;

    private final ThreadLocal<Integer> depth = ThreadLocal.withInitial(() -> 0);

    @Override
    public void start(Session session) {
        repeat("news", () -> pushNews(session));
        pushPrices(session);
    }

    private void pushPrices(Session session) {
        String next = next();
        Write write = begin();
        try {
            session.getAsyncRemote().sendText(next, result -> {
                write.close();
                goOn(session);
            });
        } catch (RuntimeException e) {
            write.close();
            failed(e);
            goOn(session);
        }
    }

    /** On this thread, since the chain is what is tried here, but not too deep. */
    private void goOn(Session session) {
        if (!goesOn()) {
            return;
        }
        if (depth.get() < MAX_WAITING) {
            depth.set(depth.get() + 1);
            pushPrices(session);
            depth.set(depth.get() - 1);
        } else {
            Thread further = new Thread(() -> pushPrices(session), "further prices");
            further.setDaemon(true);
            further.start();
        }
    }

    String next() {
        return PRICE;
    }

    void pushNews(Session session) {
        CountDownLatch sent = new CountDownLatch(1);
        try (Write write = begin()) {
            session.getAsyncRemote().sendText(NEWS, result -> sent.countDown());
            sent.await();
        } catch (RuntimeException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Class<?> atFault() {
        return HandlerChain.class;
    }

    /** The chain sends the news too. */
    static final class Repaired extends HandlerChain {
        private final Queue<String> waiting = new ConcurrentLinkedQueue<>();

        @Override
        String next() {
            String news = waiting.poll();
            return news == null ? super.next() : news;
        }

        @Override
        void pushNews(Session session) {
            if (waiting.size() < MAX_WAITING) {
                waiting.add(NEWS);
            }
            Thread.onSpinWait();
        }
    }
}
