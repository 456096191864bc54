package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** A job has two parts. When one of them fails, its error handler tells the client, whatever the other one does. */
final class JobErrorHandler implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("JobErrorHandler$Reports.stream", "JobErrorHandler$Reports.tell");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** Shared by both: a report is streamed sheet by sheet, while its total is calculated elsewhere. */
    private abstract static class Reports implements Application {
        private static final int SHEETS = 20;
        private static final int ROWS = 2;

        private final ExecutorService pool = Executors.newFixedThreadPool(4);
        private final Failures failures;
        private final WebSocketOptions options;

        Reports(Failures failures, WebSocketOptions options) {
            this.failures = failures;
            this.options = options;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/reports", this::handle, options);
        }

        private void handle(BlockingConnection connection) throws Exception {
            for (Message m; (m = connection.readMessage()) != null; ) {
                String report = m.text();
                CompletableFuture<Void> sheets = CompletableFuture.runAsync(() -> stream(connection, report), pool);
                CompletableFuture<Void> total = CompletableFuture.runAsync(() -> total(report), pool);
                finish(connection, sheets, total);
            }
        }

        abstract void finish(
                WebSocketConnection connection, CompletableFuture<Void> sheets, CompletableFuture<Void> total);

        private void stream(WebSocketConnection connection, String report) {
            for (int sheet = 1; sheet <= SHEETS; sheet++) {
                try (MessageWriter message = connection.nextWriter(MessageType.TEXT)) {
                    for (int row = 1; row <= ROWS; row++) {
                        message.write(report + ", sheet " + sheet + ", row " + row + "\n");
                    }
                } catch (ConcurrentWriteException e) {
                    failures.add(e);
                    return;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private static void total(String report) {
            throw new IllegalStateException(report + " has no column \"net\"");
        }

        /** Always null, the value of the future. */
        final Void tell(WebSocketConnection connection, Throwable error) {
            try {
                connection.writeMessage("error: " + error.getMessage());
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return null;
        }

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/reports").ask("march", 100, SHEETS + 1, writes);
        }

        @Override
        public void stop() {
            pool.shutdown();
        }
    }

    private static final class Mistaken extends Reports {
        Mistaken(Failures failures) {
            super(failures, Corpus.TRACED);
        }

        @Override
        void finish(WebSocketConnection connection, CompletableFuture<Void> sheets, CompletableFuture<Void> total) {
            CompletableFuture<Void> handled = total.exceptionally(error -> tell(connection, error));
            CompletableFuture.allOf(sheets, handled).join();
        }
    }

    private static final class Repaired extends Reports {
        Repaired(Failures failures) {
            super(failures, Corpus.UNHURRIED);
        }

        @Override
        void finish(WebSocketConnection connection, CompletableFuture<Void> sheets, CompletableFuture<Void> total) {
            CompletableFuture<Void> both = CompletableFuture.allOf(sheets, total);
            both.exceptionally(error -> tell(connection, error)).join();
        }
    }
}
