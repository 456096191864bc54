package io.twintrace.gallery.jetty;

import static io.twintrace.gallery.jetty.JettyApplication.FETCHING_NANOS;
import static io.twintrace.gallery.jetty.JettyApplication.NEWS;
import static io.twintrace.gallery.jetty.JettyApplication.PRICE;
import static io.twintrace.gallery.jetty.JettyApplication.ROWS;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** The wrapper has a lock, so writing seems safe. But each part of the application has its own wrapper. */
class LockPerWrapper extends Application<Session> {
    @Override
    public Class<?> atFault() {
        return Client.class;
    }

    @Override
    public void start(Session session) {
        Client first = wrap(session);
        Client second = wrap(session);
        repeat("prices", first::pushPrices);
        repeat("news", second::pushNews);
    }

    Client wrap(Session session) {
        return new Client(session);
    }

    /** The wrapper. */
    final class Client {
        private final Session session;
        private final ReentrantLock lock = new ReentrantLock();

        Client(Session session) {
            this.session = session;
        }

        void pushPrices() {
            lock.lock();
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
                lock.unlock();
            }
        }

        void pushNews() {
            lock.lock();
            try (Write write = begin()) {
                Callback.Completable sent = new Callback.Completable();
                session.sendText(NEWS, sent);
                sent.join();
            } catch (RuntimeException e) {
                failed(e);
            } finally {
                lock.unlock();
            }
        }
    }

    /** The same with one wrapper for each session. */
    static final class Repaired extends LockPerWrapper {
        private final ConcurrentMap<Session, Client> clients = new ConcurrentHashMap<>();

        @Override
        Client wrap(Session session) {
            return clients.computeIfAbsent(session, super::wrap);
        }
    }
}
