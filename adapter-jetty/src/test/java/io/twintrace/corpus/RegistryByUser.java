package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** Code that notifies a user looks up the user's connection. Two requests of one user do so at once. */
final class RegistryByUser implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("RegistryByUser$Mistaken.importRows", "RegistryByUser$Mistaken.exportRows");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Shared by both: the registry, and two kinds of requests that report their progress to the user. */
    private abstract static class Office implements Application {
        static final int ROWS = 500;

        private final Map<String, WebSocketConnection> connections = new ConcurrentHashMap<>();
        private final ExecutorService otherTab = Executors.newSingleThreadExecutor();

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/events", this::handle, Corpus.UNHURRIED);
            context.addServlet(new ServletHolder(new WorkServlet(connections, this::importRows)), "/import");
            context.addServlet(new ServletHolder(new WorkServlet(connections, this::exportRows)), "/export");
        }

        private void handle(BlockingConnection connection) throws Exception {
            String user = connection.request().query();
            connections.put(user, connection);
            try {
                while (connection.readMessage() != null) {} // what it says is of no interest
            } finally {
                connections.remove(user, connection);
            }
        }

        abstract void importRows(WebSocketConnection connection);

        abstract void exportRows(WebSocketConnection connection);

        @Override
        public void use(Site site, int writes) throws Exception {
            Visitor visitor = site.visit("/events?kim");
            while (visitor.messages() < writes && !visitor.hasEnded()) {
                Future<?> other = otherTab.submit(() -> site.post("/export?kim", ""));
                site.post("/import?kim", "");
                other.get();
            }
        }

        @Override
        public void stop() {
            otherTab.shutdown();
        }
    }

    private static final class WorkServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Map<String, WebSocketConnection> connections;
        private final transient Consumer<WebSocketConnection> work;

        WorkServlet(Map<String, WebSocketConnection> connections, Consumer<WebSocketConnection> work) {
            this.connections = connections;
            this.work = work;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            WebSocketConnection connection = connections.get(request.getQueryString());
            if (connection == null) {
                response.sendError(HttpServletResponse.SC_CONFLICT, "the user is not connected");
            } else {
                work.accept(connection);
            }
        }
    }

    private static final class Mistaken extends Office {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void importRows(WebSocketConnection connection) {
            try {
                for (int row = 1; row <= ROWS; row++) {
                    connection.writeMessage("imported " + row);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }

        @Override
        void exportRows(WebSocketConnection connection) {
            try {
                for (int row = 1; row <= ROWS; row++) {
                    connection.writeMessage("exported " + row);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Office {
        @Override
        void importRows(WebSocketConnection connection) {
            for (int row = 1; row <= ROWS; row++) {
                connection.outbox().offer("imported " + row);
            }
        }

        @Override
        void exportRows(WebSocketConnection connection) {
            for (int row = 1; row <= ROWS; row++) {
                connection.outbox().offer("exported " + row);
            }
        }
    }
}
