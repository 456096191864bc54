package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.LONG_PRICE;
import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** The lock of the prices is released when the call returns, which is before the message is sent. */
class AsyncBesideBasic extends Application<Session> {
    final Lock lock = new ReentrantLock();

    @Override
    public void start(Session session) {
        repeat("prices", () -> pushPrices(session));
        repeat("news", () -> pushNews(session));
    }

    void pushPrices(Session session) {
        Future<Void> sent;
        lock.lock();
        try {
            sent = session.getAsyncRemote().sendText(LONG_PRICE);
        } catch (RuntimeException e) {
            failed(e);
            return;
        } finally {
            lock.unlock();
        }
        try (Write write = begin()) {
            sent.get();
        } catch (ExecutionException | RuntimeException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pushNews(Session session) {
        lock.lock();
        try (Write write = begin()) {
            session.getBasicRemote().sendText(NEWS);
        } catch (IOException | RuntimeException e) {
            failed(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Class<?> atFault() {
        return AsyncBesideBasic.class;
    }

    /** Holds the lock until the message is sent. */
    static final class Repaired extends AsyncBesideBasic {
        @Override
        void pushPrices(Session session) {
            lock.lock();
            try (Write write = begin()) {
                session.getAsyncRemote().sendText(PRICE).get();
            } catch (ExecutionException | RuntimeException e) {
                failed(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }
    }
}
