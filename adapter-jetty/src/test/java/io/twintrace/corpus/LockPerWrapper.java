package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** The wrapper has a lock, so writing seems safe. The handler wraps the connection, and so do the alarms. */
final class LockPerWrapper implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("LockPerWrapper$Client.reply", "LockPerWrapper$Client.alert");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** The wrapper. */
    private static final class Client {
        private final WebSocketConnection connection;
        private final Failures failures;
        private final ReentrantLock lock = new ReentrantLock();

        Client(WebSocketConnection connection, Failures failures) {
            this.connection = connection;
            this.failures = failures;
        }

        void reply(String text) throws IOException {
            lock.lock();
            try {
                connection.writeMessage(text);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } finally {
                lock.unlock();
            }
        }

        void alert(String text) throws IOException {
            lock.lock();
            try {
                connection.writeMessage("ALARM " + text);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Shared by both: readings of gauges on request, and alarms for all. */
    private abstract static class Gauges implements Application {
        private final Set<WebSocketConnection> connections = ConcurrentHashMap.newKeySet();
        private final ScheduledExecutorService alarms =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "alarms"));

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/gauges", this::handle, Corpus.UNHURRIED);
            Future<?> unused = alarms.scheduleAtFixedRate(this::check, 0, 100, TimeUnit.MICROSECONDS);
        }

        private void handle(BlockingConnection connection) throws Exception {
            Client client = client(connection);
            connections.add(connection);
            try {
                for (Message m; (m = connection.readMessage()) != null; ) {
                    client.reply(m.text() + ": 7 bar");
                }
            } finally {
                connections.remove(connection);
            }
        }

        private void check() {
            for (WebSocketConnection connection : connections) {
                try {
                    client(connection).alert("pressure is too high");
                } catch (IOException e) {
                    // The connection has ended, and its handler knows.
                }
            }
        }

        abstract Client client(WebSocketConnection connection);

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/gauges").ask("boiler", 2000, 1, writes);
        }

        @Override
        public void stop() {
            alarms.shutdownNow();
        }
    }

    private static final class Mistaken extends Gauges {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        Client client(WebSocketConnection connection) {
            return new Client(connection, failures);
        }
    }

    private static final class Repaired extends Gauges {
        private final Failures failures;

        Repaired(Failures failures) {
            this.failures = failures;
        }

        @Override
        Client client(WebSocketConnection connection) {
            return (Client) connection.attributes().computeIfAbsent("client", name -> wrap(connection));
        }

        private Client wrap(WebSocketConnection connection) {
            Client client = new Client(connection, failures);
            connection.declareWriteDiscipline(WriteDiscipline.guardedBy(client.lock));
            return client;
        }
    }
}
