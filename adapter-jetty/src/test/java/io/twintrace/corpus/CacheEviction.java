package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** The cache calls back for each page it evicts, and that callback tells the client to forget the page. */
final class CacheEviction implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("CacheEviction$Mistaken.answer", "CacheEviction$Mistaken.onEviction");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** The content of the cache, and the action for each evicted entry. */
    private record Entry(String page, Runnable onEviction) {}

    /** Like cache libraries, it calls back on its own thread, so that inserting never waits. */
    private static final class Cache {
        private static final int CAPACITY = 10;

        private final ArrayDeque<Entry> entries = new ArrayDeque<>();
        private final ExecutorService maintenance =
                Executors.newSingleThreadExecutor(task -> new Thread(task, "cache-maintenance"));

        synchronized void put(Entry entry) {
            entries.addLast(entry);
            if (entries.size() > CAPACITY) {
                maintenance.execute(entries.removeFirst().onEviction());
            }
        }
    }

    /** Shared by both: pages on request, which the client may keep as long as they are in the cache. */
    private abstract static class Pages implements Application {
        private final Cache cache = new Cache();

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/pages", this::handle, Corpus.UNHURRIED);
        }

        private void handle(BlockingConnection connection) throws Exception {
            begin(connection);
            for (Message m; (m = connection.readMessage()) != null; ) {
                String page = m.text();
                cache.put(new Entry(page, () -> onEviction(connection, page)));
                answer(connection, page);
            }
        }

        void begin(WebSocketConnection connection) {}

        abstract void answer(WebSocketConnection connection, String page) throws IOException;

        abstract void onEviction(WebSocketConnection connection, String page);

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/pages").ask("index", 2000, 1, writes);
        }

        @Override
        public void stop() {
            cache.maintenance.shutdown();
        }
    }

    private static final class Mistaken extends Pages {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void answer(WebSocketConnection connection, String page) throws IOException {
            try {
                connection.writeMessage("page: " + page);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void onEviction(WebSocketConnection connection, String page) {
            try {
                connection.writeMessage("forget: " + page);
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Pages {
        @Override
        void begin(WebSocketConnection connection) {
            connection.declareWriteDiscipline(WriteDiscipline.guardedBy(lockOf(connection)));
        }

        @Override
        void answer(WebSocketConnection connection, String page) throws IOException {
            send(connection, "page: " + page);
        }

        @Override
        void onEviction(WebSocketConnection connection, String page) {
            try {
                send(connection, "forget: " + page);
            } catch (IOException e) {
                // The client is gone, and so are its pages.
            }
        }

        private static void send(WebSocketConnection connection, String text) throws IOException {
            ReentrantLock writing = lockOf(connection);
            writing.lock();
            try {
                connection.writeMessage(text);
            } finally {
                writing.unlock();
            }
        }

        private static ReentrantLock lockOf(WebSocketConnection connection) {
            return (ReentrantLock) connection.attributes().computeIfAbsent("writing", name -> new ReentrantLock());
        }
    }
}
