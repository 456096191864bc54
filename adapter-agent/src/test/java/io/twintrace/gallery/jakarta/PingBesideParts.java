package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Pings may come between the parts of a message, by RFC 6455, and so they need no lock. Jetty minds. */
class PingBesideParts extends Application<Session> {
    private final Lock pricing;
    private final Lock telling;

    PingBesideParts() {
        this(new ReentrantLock(), new ReentrantLock());
    }

    private PingBesideParts(Lock pricing, Lock telling) {
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
        try (Write write = begin(2)) {
            session.getBasicRemote().sendText(PRICE, false);
            session.getBasicRemote().sendText(PRICE, true);
        } catch (IOException | RuntimeException e) {
            failed(e);
        } finally {
            pricing.unlock();
        }
    }

    private void pushNews(Session session) {
        telling.lock();
        try (Write write = begin()) {
            session.getBasicRemote().sendPing(ByteBuffer.allocate(0));
        } catch (IOException | RuntimeException e) {
            failed(e);
        } finally {
            telling.unlock();
        }
    }

    static PingBesideParts repaired() {
        Lock both = new ReentrantLock();
        return new PingBesideParts(both, both);
    }
}
