package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Two parts of a page take long to calculate, and a parallel stream halves the time. */
class ParallelStream extends Application<Session> {
    private static final int ROWS = 20;

    @Override
    public void start(Session session) {
        repeat("pages", () -> show(session));
    }

    void show(Session session) {
        List<Runnable> parts = List.of(() -> pushPrices(session), () -> pushNews(session));
        parts.parallelStream().forEach(Runnable::run);
    }

    void pushPrices(Session session) {
        for (int row = 0; row < ROWS; row++) {
            try (Write write = begin()) {
                session.getBasicRemote().sendText(PRICE);
            } catch (IOException | RuntimeException e) {
                failed(e);
            }
        }
    }

    void pushNews(Session session) {
        for (int row = 0; row < ROWS; row++) {
            try (Write write = begin()) {
                session.getBasicRemote().sendText(NEWS);
            } catch (IOException | RuntimeException e) {
                failed(e);
            }
        }
    }

    /** The same with only the calculation in parallel. */
    static final class Repaired extends ParallelStream {
        @Override
        void show(Session session) {
            List<Runnable> calculated = Stream.<Runnable>of(() -> pushPrices(session), () -> pushNews(session))
                    .parallel()
                    .toList();
            calculated.forEach(Runnable::run);
        }
    }
}
