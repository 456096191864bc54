package io.twintrace.corpus;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Every write goes through a wrapper with a lock in it, and wherever one is needed a new one is made. */
final class LockPerWrapper implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("LockPerWrapper$Peer.answer", "LockPerWrapper$Peer.push");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** A connection that may be written to by any thread. */
    private static final class Peer {
        private final ReentrantLock writing = new ReentrantLock();
        private final WebSocketConnection connection;
        private final Failures failures;

        Peer(WebSocketConnection connection, Failures failures) {
            this.connection = connection;
            this.failures = failures;
        }

        void answer(String text) {
            writing.lock();
            try {
                connection.writeMessage(text);
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            } finally {
                writing.unlock();
            }
        }

        void push(String text) {
            writing.lock();
            try {
                connection.writeMessage("new: " + text);
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            } finally {
                writing.unlock();
            }
        }
    }

    /** What both have in common: questions are answered, and what is new is pushed. */
    private abstract static class Weather implements Application {
        private final ScheduledExecutorService station =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "weather-station"));
        final Failures failures;

        Weather(Failures failures) {
            this.failures = failures;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/weather", this::handle, Corpus.UNHURRIED);
        }

        private void handle(WebSocketConnection connection) throws Exception {
            ScheduledFuture<?> news = station.scheduleWithFixedDelay(
                    () -> peer(connection).push("12 degrees"), 0, 200, TimeUnit.MICROSECONDS);
            try {
                for (Message m; (m = connection.readMessage()) != null; ) {
                    peer(connection).answer(m.text() + ": 11 degrees");
                }
            } finally {
                news.cancel(false);
            }
        }

        abstract Peer peer(WebSocketConnection connection);

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/weather").ask("Oslo", 1000, 1, writes);
        }

        @Override
        public void stop() {
            station.shutdownNow();
        }
    }

    private static final class Mistaken extends Weather {
        Mistaken(Failures failures) {
            super(failures);
        }

        @Override
        Peer peer(WebSocketConnection connection) {
            return new Peer(connection, failures);
        }
    }

    private static final class Repaired extends Weather {
        Repaired(Failures failures) {
            super(failures);
        }

        @Override
        Peer peer(WebSocketConnection connection) {
            return (Peer) connection.attributes().computeIfAbsent("peer", unused -> {
                Peer only = new Peer(connection, failures);
                connection.declareWriteDiscipline(WriteDiscipline.guardedBy(only.writing));
                return only;
            });
        }
    }
}
