package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** If nothing more is found, the search returns early and never closes the message that it has begun. */
final class ForgottenWriter implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("ForgottenWriter$Mistaken.send", "ForgottenWriter$Mistaken.suggest");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Shared by both: finds are sent page by page, and suggestions come later from another thread. */
    private abstract static class Search implements Application {
        private static final int PAGES = 400;

        private final ExecutorService suggestions =
                Executors.newSingleThreadExecutor(task -> new Thread(task, "suggestions"));

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/search", this::handle, Corpus.TRACED);
        }

        private void handle(BlockingConnection connection) throws Exception {
            begin(connection);
            for (Message m; (m = connection.readMessage()) != null; ) {
                for (String page : find(m.text())) {
                    send(connection, page);
                }
                suggestions.execute(() -> suggest(connection));
            }
        }

        /** The last page is empty. */
        private static List<String> find(String word) {
            LockSupport.parkNanos(1_000_000); // the index is on a disk
            return Stream.concat(Collections.nCopies(PAGES - 1, word + "!").stream(), Stream.of(""))
                    .toList();
        }

        void begin(WebSocketConnection connection) {}

        abstract void send(WebSocketConnection connection, String page) throws IOException;

        abstract void suggest(WebSocketConnection connection);

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/search").ask("race", 25, PAGES, writes);
        }

        @Override
        public void stop() {
            suggestions.shutdown();
        }
    }

    private static final class Mistaken extends Search {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void send(WebSocketConnection connection, String page) throws IOException {
            try {
                MessageWriter message = connection.nextWriter(MessageType.TEXT);
                if (page.isEmpty()) {
                    return;
                }
                message.write(page);
                message.close();
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void suggest(WebSocketConnection connection) {
            try {
                connection.writeMessage("did you mean: trace?");
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Search {
        @Override
        void begin(WebSocketConnection connection) {
            connection.declareWriteDiscipline(WriteDiscipline.guardedBy(lockOf(connection)));
        }

        @Override
        void send(WebSocketConnection connection, String page) throws IOException {
            lockOf(connection).lock();
            try (MessageWriter message = connection.nextWriter(MessageType.TEXT)) {
                message.write(page);
            } finally {
                lockOf(connection).unlock();
            }
        }

        @Override
        void suggest(WebSocketConnection connection) {
            lockOf(connection).lock();
            try {
                connection.writeMessage("did you mean: trace?");
            } catch (IOException e) {
                // The client is gone.
            } finally {
                lockOf(connection).unlock();
            }
        }

        private static ReentrantLock lockOf(WebSocketConnection connection) {
            return (ReentrantLock) connection.attributes().computeIfAbsent("writing", name -> new ReentrantLock());
        }
    }
}
