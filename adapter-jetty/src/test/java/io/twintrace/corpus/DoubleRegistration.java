package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** A client that reconnects gets a feed that resumes where the old one was cut off. The old feed runs on as well. */
final class DoubleRegistration implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("DoubleRegistration$Prices.push", "DoubleRegistration$Prices.resume");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Prices(failures, Corpus.UNHURRIED);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** A client, however often it connects. */
    private static final class Subscriber {
        volatile WebSocketConnection connection;
        final AtomicLong seen = new AtomicLong();
        Thread feed;
    }

    private static class Prices implements Application {
        private static final int SEEN_BEFORE_THE_CUT = 10;

        private final Map<String, Subscriber> subscribers = new ConcurrentHashMap<>();
        private final Failures failures;
        private final WebSocketOptions options;

        Prices(Failures failures, WebSocketOptions options) {
            this.failures = failures;
            this.options = options;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/prices", this::handle, options);
        }

        private void handle(BlockingConnection connection) throws Exception {
            Subscriber subscriber =
                    subscribers.computeIfAbsent(connection.request().query(), client -> new Subscriber());
            boolean isBack = subscriber.connection != null;
            if (isBack) {
                unregister(subscriber);
            }
            subscriber.connection = connection;
            subscriber.feed = new Thread(() -> feed(subscriber, isBack), isBack ? "feed-resumed" : "feed");
            subscriber.feed.start();
            while (connection.readMessage() != null) {
                // The client's messages do not matter.
            }
        }

        void unregister(Subscriber subscriber) throws InterruptedException {}

        private void feed(Subscriber subscriber, boolean isBack) {
            try {
                if (isBack) {
                    resume(subscriber);
                } else {
                    push(subscriber);
                }
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                // The connection has ended.
            }
        }

        private static void push(Subscriber subscriber) throws IOException {
            while (true) {
                subscriber.connection.writeMessage("price " + subscriber.seen.getAndIncrement());
            }
        }

        private static void resume(Subscriber subscriber) throws IOException {
            for (long next = subscriber.seen.get(); true; next++) {
                subscriber.connection.writeMessage("price " + next);
            }
        }

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/prices?client=7").await(SEEN_BEFORE_THE_CUT);
            site.visit("/prices?client=7").await(writes);
        }
    }

    private static final class Repaired extends Prices {
        Repaired(Failures failures) {
            super(
                    failures,
                    Corpus.UNHURRIED.toBuilder()
                            .writeDiscipline(connection -> WriteDiscipline.confinedToFirstWriter())
                            .build());
        }

        @Override
        void unregister(Subscriber subscriber) throws InterruptedException {
            subscriber.connection.beginClose(CloseCode.NORMAL, "the client has come back");
            subscriber.feed.join();
        }
    }
}
