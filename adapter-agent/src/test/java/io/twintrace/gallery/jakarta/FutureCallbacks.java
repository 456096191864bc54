package io.twintrace.gallery.jakarta;

import static io.twintrace.gallery.jakarta.Shares.NEWS;
import static io.twintrace.gallery.jakarta.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** The callbacks run on the one thread of the database, but not those whose answers are there already. */
class FutureCallbacks extends Application<Session> {
    private final ExecutorService database = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "database");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void start(Session session) {
        repeat("questions", () -> ask(session));
    }

    private void ask(Session session) {
        CompletableFuture<String> price = CompletableFuture.supplyAsync(() -> PRICE, database);
        CompletableFuture<String> news = CompletableFuture.completedFuture(NEWS);
        CompletableFuture.allOf(
                        then(price, answer -> pushPrices(session, answer)),
                        then(news, answer -> pushNews(session, answer)))
                .join();
    }

    CompletableFuture<Void> then(CompletableFuture<String> answer, Consumer<String> push) {
        return answer.thenAccept(push);
    }

    private void pushPrices(Session session, String price) {
        try (Write write = begin()) {
            session.getBasicRemote().sendText(price);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    private void pushNews(Session session, String news) {
        try (Write write = begin()) {
            session.getBasicRemote().sendText(news);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with all callbacks on the one thread. */
    static final class Repaired extends FutureCallbacks {
        @Override
        CompletableFuture<Void> then(CompletableFuture<String> answer, Consumer<String> push) {
            return answer.thenAcceptAsync(push, super.database);
        }
    }
}
