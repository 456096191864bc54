package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** News must not wait behind prices, so each have a lock of their own. */
class TwoLocks extends JettyApplication {
    private final ReentrantLock pricing;
    private final ReentrantLock telling;

    TwoLocks() {
        this(new ReentrantLock(), new ReentrantLock());
    }

    private TwoLocks(ReentrantLock pricing, ReentrantLock telling) {
        this.pricing = pricing;
        this.telling = telling;
    }

    @Override
    void pushPrices(Session session) {
        pricing.lock();
        try (Write write = begin(ROWS)) {
            for (int row = 1; row <= ROWS; row++) {
                LockSupport.parkNanos(FETCHING_NANOS);
                Callback.Completable sent = new Callback.Completable();
                session.sendPartialText(PRICE, row == ROWS, sent);
                sent.join();
            }
        } catch (RuntimeException e) {
            failed(e);
        } finally {
            pricing.unlock();
        }
    }

    @Override
    void pushNews(Session session) {
        telling.lock();
        try (Write write = begin()) {
            Callback.Completable sent = new Callback.Completable();
            session.sendText(NEWS, sent);
            sent.join();
        } catch (RuntimeException e) {
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
