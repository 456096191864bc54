package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.LONG_PRICE;
import static io.twintrace.gallery.jakarta.Shares.NEWS;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.util.concurrent.CountDownLatch;

/** One thread that sends both, and does not wait for the end of the first, which is long. */
class UnawaitedSend extends Application<Session> {
    @Override
    public void start(Session session) {
        repeat("both", () -> {
            CountDownLatch sent = new CountDownLatch(2);
            pushPrices(session, sent);
            pushNews(session, sent);
            await(sent);
        });
    }

    void pushPrices(Session session, CountDownLatch sent) {
        Write write = begin();
        try {
            session.getAsyncRemote().sendText(LONG_PRICE, result -> {
                write.close();
                sent.countDown();
            });
        } catch (RuntimeException e) {
            write.close();
            sent.countDown();
            failed(e);
        }
    }

    void pushNews(Session session, CountDownLatch sent) {
        Write write = begin();
        try {
            session.getAsyncRemote().sendText(NEWS, result -> {
                write.close();
                sent.countDown();
            });
        } catch (RuntimeException e) {
            write.close();
            sent.countDown();
            failed(e);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Class<?> atFault() {
        return UnawaitedSend.class;
    }

    /** Waits for each, and sends news alone, since it sends many. */
    static final class Repaired extends UnawaitedSend {
        @Override
        void pushPrices(Session session, CountDownLatch sent) {
            CountDownLatch first = new CountDownLatch(1);
            super.pushNews(session, first);
            await(first);
            sent.countDown();
        }
    }
}
