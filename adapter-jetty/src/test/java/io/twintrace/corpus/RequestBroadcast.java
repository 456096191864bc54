package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** Bids and withdrawals come as POST requests. Each request notifies all watchers before its answer. */
final class RequestBroadcast implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("RequestBroadcast$Mistaken.bid", "RequestBroadcast$Mistaken.withdraw");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Takes lots, one a line. */
    @SuppressWarnings("serial")
    private static final class Desk extends HttpServlet {
        private final Consumer<String> action;

        Desk(Consumer<String> action) {
            this.action = action;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.getReader().lines().forEach(action);
        }
    }

    /** Shared by both: the watchers, and two kinds of requests that notify them. */
    private abstract static class Auction implements Application {
        private static final int LOTS = 400;
        private static final WebSocketOptions ROOM_FOR_TWO_REQUESTS = Corpus.UNHURRIED.toBuilder()
                .outbox(OutboxOptions.defaults().withMaxMessages(1000))
                .build();
        final Set<WebSocketConnection> watchers = ConcurrentHashMap.newKeySet();

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/watch", this::handle, ROOM_FOR_TWO_REQUESTS);
            context.addServlet(new ServletHolder(new Desk(this::bid)), "/bids");
            context.addServlet(new ServletHolder(new Desk(this::withdraw)), "/withdrawals");
        }

        private void handle(BlockingConnection connection) throws Exception {
            watchers.add(connection);
            try {
                while (connection.readMessage() != null) {}
            } finally {
                watchers.remove(connection);
            }
        }

        abstract void bid(String lot);

        abstract void withdraw(String lot);

        @Override
        public void use(Site site, int writes) throws Exception {
            Visitor visitor = site.visit("/watch");
            while (visitor.messages() == 0) {
                post(site, "/bids", 1);
            }
            for (int before; (before = visitor.messages()) < writes && !visitor.hasEnded(); ) {
                CompletableFuture<Void> bids = CompletableFuture.runAsync(() -> post(site, "/bids", LOTS));
                post(site, "/withdrawals", LOTS);
                bids.join();
                visitor.await(before + 2 * LOTS);
            }
        }

        private static void post(Site site, String path, int lots) {
            try {
                site.post(path, "lot 7\n".repeat(lots));
            } catch (Exception e) {
                throw new AssertionError("no answer to POST " + path, e);
            }
        }
    }

    private static final class Mistaken extends Auction {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void bid(String lot) {
            for (WebSocketConnection watcher : watchers) {
                try {
                    watcher.writeMessage("bid: " + lot);
                } catch (ConcurrentWriteException | IOException e) {
                    failures.add(e);
                }
            }
        }

        @Override
        void withdraw(String lot) {
            for (WebSocketConnection watcher : watchers) {
                try {
                    watcher.writeMessage("withdrawn: " + lot);
                } catch (ConcurrentWriteException | IOException e) {
                    failures.add(e);
                }
            }
        }
    }

    private static final class Repaired extends Auction {
        @Override
        void bid(String lot) {
            publish("bid: " + lot);
        }

        @Override
        void withdraw(String lot) {
            publish("withdrawn: " + lot);
        }

        private void publish(String news) {
            PreparedMessage message = PreparedMessage.text(news);
            watchers.forEach(watcher -> watcher.outbox().offer(message));
        }
    }
}
