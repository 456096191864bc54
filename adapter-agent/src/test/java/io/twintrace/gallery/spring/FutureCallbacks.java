package io.twintrace.gallery.spring;

import static io.twintrace.gallery.spring.Shares.NEWS;
import static io.twintrace.gallery.spring.Shares.PRICE;

import io.twintrace.gallery.Application;
import io.twintrace.gallery.Tally.Write;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** The callbacks run on the one thread of the database, but not those whose answers are there already. */
class FutureCallbacks extends Application<WebSocketSession> {
    private final ExecutorService database = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "database");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void start(WebSocketSession session) {
        repeat("questions", () -> ask(session));
    }

    private void ask(WebSocketSession session) {
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

    private void pushPrices(WebSocketSession session, String price) {
        try (Write write = begin()) {
            session.sendMessage(new TextMessage(price));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    private void pushNews(WebSocketSession session, String news) {
        try (Write write = begin()) {
            session.sendMessage(new TextMessage(news));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** The same with Spring's remedy. */
    static final class Repaired extends FutureCallbacks {
        @Override
        public void start(WebSocketSession session) {
            super.start(Shares.decorated(session));
        }

        @Override
        protected Write begin() {
            return beginShared();
        }
    }
}
