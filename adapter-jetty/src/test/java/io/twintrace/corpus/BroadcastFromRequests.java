package io.twintrace.corpus;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.JettyWebSockets;
import io.twintrace.websocket.testkit.Await;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** Whoever serves a POST tells it to all who listen, since one request has nothing to do with the next. */
final class BroadcastFromRequests implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("BroadcastFromRequests$Mistaken.publish", "BroadcastFromRequests$Mistaken.correct");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** What both have in common: articles and corrections are posted, and told to all readers. */
    private abstract static class Newsroom implements Application {
        private static final int LINES = 500;

        final Set<WebSocketConnection> readers = ConcurrentHashMap.newKeySet();
        private final ExecutorService editor = Executors.newSingleThreadExecutor();
        private Visitor visitor;

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/ticker", this::handle, Corpus.UNHURRIED);
            context.addServlet(new ServletHolder(new Desk(this::publish)), "/articles");
            context.addServlet(new ServletHolder(new Desk(this::correct)), "/corrections");
        }

        private void handle(WebSocketConnection connection) throws Exception {
            readers.add(connection);
            try {
                while (connection.readMessage() != null) {} // readers have nothing to say
            } finally {
                readers.remove(connection);
            }
        }

        abstract void publish(String article);

        abstract void correct(String article);

        @Override
        public void use(Site site, int writes) throws Exception {
            if (visitor == null) {
                visitor = site.visit("/ticker");
                Await.until("somebody to listen", readers::size, size -> size == 1);
            }
            String lines = "ACME buys Emca\n".repeat(LINES);
            int goal = visitor.messages() + writes;
            while (visitor.messages() < goal && !visitor.hasEnded()) {
                int expected = visitor.messages() + 2 * LINES;
                Future<?> corrections = editor.submit(() -> site.post("/corrections", lines));
                site.post("/articles", lines);
                corrections.get();
                visitor.await(expected);
            }
        }

        @Override
        public void stop() {
            editor.shutdown();
        }
    }

    /** One line of the request is one message. */
    private static final class Desk extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Consumer<String> audience;

        Desk(Consumer<String> audience) {
            this.audience = audience;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.getReader().lines().forEach(audience);
        }
    }

    private static final class Mistaken extends Newsroom {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void publish(String article) {
            for (WebSocketConnection reader : readers) {
                try {
                    reader.writeMessage(article);
                } catch (ConcurrentWriteException | IOException e) {
                    failures.add(e);
                }
            }
        }

        @Override
        void correct(String article) {
            for (WebSocketConnection reader : readers) {
                try {
                    reader.writeMessage("corrected: " + article);
                } catch (ConcurrentWriteException | IOException e) {
                    failures.add(e);
                }
            }
        }
    }

    private static final class Repaired extends Newsroom {
        @Override
        void publish(String article) {
            PreparedMessage message = PreparedMessage.text(article);
            readers.forEach(reader -> reader.outbox().offer(message));
        }

        @Override
        void correct(String article) {
            PreparedMessage message = PreparedMessage.text("corrected: " + article);
            readers.forEach(reader -> reader.outbox().offer(message));
        }
    }
}
