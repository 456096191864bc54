package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** An asynchronous servlet imports an upload. When that is done, it also notifies the page that the user has open. */
final class AsyncServlet implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("AsyncServlet$Mistaken.answer", "AsyncServlet$Mistaken.imported");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Answers when the import is done, and occupies no container thread meanwhile. */
    private static final class ImportServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Consumer<String> whenDone;

        ImportServlet(Consumer<String> whenDone) {
            this.whenDone = whenDone;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) {
            String user = request.getParameter("user");
            AsyncContext async = request.startAsync();
            async.start(() -> {
                // The import itself would be here.
                whenDone.accept(user);
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
                async.complete();
            });
        }
    }

    /** Shared by both: rows on request, and the connection of each user for anyone who wants to notify the user. */
    private abstract static class Tables implements Application {
        private static final int ROWS = 100;
        private static final int REQUESTS_AN_IMPORT = 10;

        private final Map<String, WebSocketConnection> connections = new ConcurrentHashMap<>();

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/rows", this::handle, Corpus.UNHURRIED);
            ServletHolder holder = new ServletHolder(new ImportServlet(this::tell));
            holder.setAsyncSupported(true);
            context.addServlet(holder, "/import");
        }

        private void handle(BlockingConnection connection) throws Exception {
            String user = connection.request().query();
            connections.put(user, connection);
            try {
                while (connection.readMessage() != null) {
                    for (int row = 1; row <= ROWS; row++) {
                        answer(connection, row);
                    }
                }
            } finally {
                connections.remove(user, connection);
            }
        }

        private void tell(String user) {
            Optional.ofNullable(connections.get(user)).ifPresent(this::imported);
        }

        abstract void answer(WebSocketConnection connection, int row) throws IOException;

        abstract void imported(WebSocketConnection connection);

        @Override
        public void use(Site site, int writes) throws Exception {
            Visitor visitor = site.visit("/rows?ann");
            while (visitor.messages() < writes && !visitor.hasEnded()) {
                int before = visitor.messages();
                for (int i = 0; i < REQUESTS_AN_IMPORT && !visitor.hasEnded(); i++) {
                    visitor.send("next");
                }
                visitor.await(before + 1);
                site.post("/import?user=ann", "a,b,c");
                visitor.await(before + REQUESTS_AN_IMPORT * ROWS + 1);
            }
        }
    }

    private static final class Mistaken extends Tables {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void answer(WebSocketConnection connection, int row) throws IOException {
            try {
                connection.writeMessage("row " + row);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void imported(WebSocketConnection connection) {
            try {
                connection.writeMessage("your upload is imported");
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Tables {
        @Override
        void answer(WebSocketConnection connection, int row) {
            connection.outbox().offer("row " + row);
        }

        @Override
        void imported(WebSocketConnection connection) {
            connection.outbox().offer("your upload is imported");
        }
    }
}
