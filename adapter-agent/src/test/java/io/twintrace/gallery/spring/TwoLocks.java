package io.twintrace.gallery.spring;

import static io.twintrace.gallery.spring.Shares.NEWS;
import static io.twintrace.gallery.spring.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** News must not wait behind prices, so each have a lock of their own. */
class TwoLocks extends Application<WebSocketSession> {
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
    public void start(WebSocketSession session) {
        repeat("prices", () -> pushPrices(session));
        repeat("news", () -> pushNews(session));
    }

    private void pushPrices(WebSocketSession session) {
        pricing.lock();
        try (Write write = begin()) {
            session.sendMessage(new TextMessage(PRICE));
        } catch (IOException | RuntimeException e) {
            failed(e);
        } finally {
            pricing.unlock();
        }
    }

    private void pushNews(WebSocketSession session) {
        telling.lock();
        try (Write write = begin()) {
            session.sendMessage(new TextMessage(NEWS));
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
