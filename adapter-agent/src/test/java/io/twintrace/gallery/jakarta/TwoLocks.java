package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/** News must not wait behind prices, so each have a lock of their own. */
class TwoLocks extends Application<Session> {
    private final ReentrantLock pricing;
    private final ReentrantLock telling;

    TwoLocks() {
        this(new ReentrantLock(), new ReentrantLock());
    }

    TwoLocks(ReentrantLock pricing, ReentrantLock telling) {
        this.pricing = pricing;
        this.telling = telling;
    }

    @Override
    public void start(Session session) {
        repeat("prices", () -> pushPrices(session));
        repeat("news", () -> pushNews(session));
    }

    private void pushPrices(Session session) {
        pricing.lock();
        try (Write write = begin()) {
            session.getBasicRemote().sendText(PRICE);
        } catch (IOException | RuntimeException e) {
            failed(e);
        } finally {
            pricing.unlock();
        }
    }

    private void pushNews(Session session) {
        telling.lock();
        try (Write write = begin()) {
            session.getBasicRemote().sendText(NEWS);
        } catch (IOException | RuntimeException e) {
            failed(e);
        } finally {
            telling.unlock();
        }
    }

    static TwoLocks repaired() {
        ReentrantLock both = new ReentrantLock();
        return new TwoLocks(both, both);
    }
}
