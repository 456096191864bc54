package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

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
            try (Write write = begin()) {
                session.getBasicRemote().sendText(PRICE);
            } catch (IOException | RuntimeException e) {
                failed(e);
            } finally {
                lock.unlock();
            }
        }

        void pushNews() {
            lock.lock();
            try (Write write = begin()) {
                session.getBasicRemote().sendText(NEWS);
            } catch (IOException | RuntimeException e) {
                failed(e);
            } finally {
                lock.unlock();
            }
        }
    }

    /** The same with one wrapper for each session. */
    static final class Repaired extends LockPerWrapper {
        @Override
        Client wrap(Session session) {
            return (Client) session.getUserProperties().computeIfAbsent("client", name -> super.wrap(session));
        }
    }
}
