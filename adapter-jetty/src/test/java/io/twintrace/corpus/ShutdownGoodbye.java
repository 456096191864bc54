package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.util.component.LifeCycle;

/** Before the server stops, a listener says goodbye to everybody who is connected. */
final class ShutdownGoodbye implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("ShutdownGoodbye$Mistaken.answer", "ShutdownGoodbye$Mistaken.sayGoodbye");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** Shared by both: rows on request, and a listener that runs before anything is stopped. */
    private abstract static class Tables implements Application, LifeCycle.Listener {
        static final int ROWS = 100;
        private static final int MAX_PER_RUN = 20_000;

        private final Set<WebSocketConnection> connections = ConcurrentHashMap.newKeySet();
        private final Failures failures;
        private ServletContextHandler context;

        Tables(Failures failures) {
            this.failures = failures;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            this.context = context;
            context.addEventListener(this);
            JettyWebSockets.add(context, "/rows", this::handle, Corpus.UNHURRIED);
        }

        private void handle(BlockingConnection connection) throws Exception {
            connections.add(connection);
            try {
                while (connection.readMessage() != null) {
                    answer(connection);
                }
            } finally {
                connections.remove(connection);
            }
        }

        @Override
        public void lifeCycleStopping(LifeCycle stopping) {
            connections.forEach(this::sayGoodbye);
        }

        abstract void answer(WebSocketConnection connection) throws IOException;

        abstract void sayGoodbye(WebSocketConnection connection);

        final void failed(Exception e) {
            failures.add(e);
        }

        /** Stops and starts the application now and then, always in the middle of an answer. */
        @Override
        public void use(Site site, int writes) throws Exception {
            for (int seen = 0; seen < writes && failures.all().isEmpty(); ) {
                if (context.isStopped()) {
                    context.start();
                }
                Visitor visitor = site.visit("/rows");
                int some = Math.min(writes, MAX_PER_RUN);
                for (int requests = 0; requests < 2 * some / ROWS; requests++) {
                    visitor.send("next");
                }
                visitor.await(some);
                context.stop();
                seen += visitor.messages();
            }
        }
    }

    private static final class Mistaken extends Tables {
        Mistaken(Failures failures) {
            super(failures);
        }

        @Override
        void answer(WebSocketConnection connection) throws IOException {
            try {
                for (int row = 0; row < ROWS; row++) {
                    connection.writeMessage("row " + row);
                }
            } catch (ConcurrentWriteException e) {
                failed(e);
            }
        }

        @Override
        void sayGoodbye(WebSocketConnection connection) {
            try {
                connection.writeMessage("goodbye, the server restarts");
            } catch (ConcurrentWriteException | IOException e) {
                failed(e);
            }
        }
    }

    private static final class Repaired extends Tables {
        Repaired(Failures failures) {
            super(failures);
        }

        @Override
        void answer(WebSocketConnection connection) throws IOException {
            try {
                for (int row = 0; row < ROWS; row++) {
                    connection.writeMessage("row " + row);
                }
            } catch (ConcurrentWriteException e) {
                failed(e);
            } catch (CloseSentException e) {
                // Goodbye was said. The next read shows how the client reacted.
            }
        }

        @Override
        void sayGoodbye(WebSocketConnection connection) {
            connection.beginClose(CloseCode.GOING_AWAY, "goodbye, the server restarts");
        }
    }
}
