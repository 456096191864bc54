package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Tally.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** The callbacks run on the one thread of the database, but not those whose answers are there already. */
class FutureCallbacks extends JettyApplication {
    private static final int QUESTIONS = 20;

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
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            answers.add(then(CompletableFuture.supplyAsync(() -> PRICE, database), () -> pushPrices(session)));
        }
        for (int i = 0; i < QUESTIONS; i++) {
            answers.add(then(CompletableFuture.completedFuture(NEWS), () -> pushNews(session)));
        }
        answers.forEach(CompletableFuture::join);
    }

    CompletableFuture<Void> then(CompletableFuture<String> answer, Runnable push) {
        return answer.thenRun(push);
    }

    @Override
    void pushPrices(Session session) {
        try (Write write = begin(ROWS)) {
            for (int row = 1; row <= ROWS; row++) {
                LockSupport.parkNanos(FETCHING_NANOS);
                Callback.Completable sent = new Callback.Completable();
                session.sendPartialText(PRICE, row == ROWS, sent);
                sent.join();
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    @Override
    void pushNews(Session session) {
        try (Write write = begin()) {
            Callback.Completable sent = new Callback.Completable();
            session.sendText(NEWS, sent);
            sent.join();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** The same with all callbacks on the one thread. */
    static final class Repaired extends FutureCallbacks {
        @Override
        CompletableFuture<Void> then(CompletableFuture<String> answer, Runnable push) {
            return answer.thenRunAsync(push, super.database);
        }
    }
}
