package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** The handler accepts orders. A listener on the broker's topic tells the client as soon as an order is filled. */
final class TopicListener implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("TopicListener$Mistaken.accept", "TopicListener$Mistaken.onMessage");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Like a message broker: one thread delivers to all listeners, one message after another. */
    private static final class Topic {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final Set<Consumer<String>> listeners = ConcurrentHashMap.newKeySet();
        private final Thread delivery = new Thread(this::deliver, "topic-delivery");

        void publish(String message) {
            messages.add(message);
        }

        private void deliver() {
            try {
                while (true) {
                    String message = messages.take();
                    listeners.forEach(listener -> listener.accept(message));
                }
            } catch (InterruptedException e) {
                // The broker has shut down.
            }
        }
    }

    /** Shared by both: the exchange fills orders, and announces this on a topic. */
    private abstract static class Orders implements Application {
        final Topic fills = new Topic();

        @Override
        public void deploy(ServletContextHandler context) {
            fills.delivery.start();
            JettyWebSockets.add(context, "/orders", this::handle, Corpus.UNHURRIED);
        }

        private void handle(BlockingConnection connection) throws Exception {
            Consumer<String> listener = order -> onMessage(connection, order);
            fills.listeners.add(listener);
            try {
                for (Message m; (m = connection.readMessage()) != null; ) {
                    fills.publish(m.text());
                    accept(connection, m.text());
                }
            } finally {
                fills.listeners.remove(listener);
            }
        }

        abstract void accept(WebSocketConnection connection, String order) throws IOException;

        abstract void onMessage(WebSocketConnection connection, String order);

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/orders").ask("buy 5 ACME", 1000, 2, writes);
        }

        @Override
        public void stop() {
            fills.delivery.interrupt();
        }
    }

    private static final class Mistaken extends Orders {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void accept(WebSocketConnection connection, String order) throws IOException {
            try {
                connection.writeMessage("accepted: " + order);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void onMessage(WebSocketConnection connection, String order) {
            try {
                connection.writeMessage("filled: " + order);
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Orders {
        @Override
        void accept(WebSocketConnection connection, String order) {
            connection.outbox().offer("accepted: " + order);
        }

        @Override
        void onMessage(WebSocketConnection connection, String order) {
            connection.outbox().offer("filled: " + order);
        }
    }
}
