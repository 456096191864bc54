package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** One thread pings all connections, so that no proxy cuts them, by a message that the client's script knows. */
final class PingByHand implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("PingByHand$Files.send", "PingByHand$Mistaken.ping");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** Shared by both: files on request, in pieces, and the thread that pings. */
    private abstract static class Files implements Application {
        private static final int PIECES = 20;
        private static final long BETWEEN_PINGS_NANOS = 100_000;

        private final Set<WebSocketConnection> connections = ConcurrentHashMap.newKeySet();
        private final Thread pinger = new Thread(this::pingAll, "pinger");
        private final WebSocketOptions options;
        private final Failures failures;

        Files(Failures failures, WebSocketOptions options) {
            this.failures = failures;
            this.options = options;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            pinger.start();
            JettyWebSockets.add(context, "/files", this::handle, options);
        }

        private void handle(BlockingConnection connection) throws Exception {
            connections.add(connection);
            try {
                while (connection.readMessage() != null) {
                    send(connection);
                }
            } finally {
                connections.remove(connection);
            }
        }

        private void send(WebSocketConnection connection) throws IOException {
            try {
                for (int piece = 0; piece < PIECES; piece++) {
                    connection.writeMessage(MessageType.BINARY, new byte[512]);
                }
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        private void pingAll() {
            while (!Thread.interrupted()) {
                connections.forEach(this::pingOne);
                LockSupport.parkNanos(this, BETWEEN_PINGS_NANOS);
            }
        }

        private void pingOne(WebSocketConnection connection) {
            try {
                ping(connection);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
                connections.remove(connection);
            } catch (IOException e) {
                connections.remove(connection);
            }
        }

        abstract void ping(WebSocketConnection connection) throws IOException;

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/files").ask("logo.png", 100, PIECES, writes);
        }

        @Override
        public void stop() {
            pinger.interrupt();
        }
    }

    private static final class Mistaken extends Files {
        Mistaken(Failures failures) {
            super(failures, Corpus.UNHURRIED);
        }

        @Override
        void ping(WebSocketConnection connection) throws IOException {
            connection.writeMessage("{\"type\":\"ping\"}");
        }
    }

    private static final class Repaired extends Files {
        Repaired(Failures failures) {
            super(
                    failures,
                    Corpus.UNHURRIED.toBuilder()
                            .writeDiscipline(connection -> WriteDiscipline.confinedToFirstWriter())
                            .build());
        }

        @Override
        void ping(WebSocketConnection connection) throws IOException {
            connection.writeControl(ControlType.PING, new byte[0], Instant.now().plusSeconds(5));
        }
    }
}
