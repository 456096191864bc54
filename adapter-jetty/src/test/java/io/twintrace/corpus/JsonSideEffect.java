package io.twintrace.corpus;

import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** A lazy getter subscribes to the rates when it is first serialized, and from then on another thread writes. */
final class JsonSideEffect implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("JsonSideEffect$Mistaken.answer", "JsonSideEffect$Mistaken.onRate");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** The object that is sent as JSON. */
    private record Portfolio(
            String owner, @JsonAdapter(RateAdapter.class) Rate rate) {}

    /** A rate that is followed only once somebody asks for it. */
    private static final class Rate {
        private final Runnable subscription;
        private boolean subscribed;

        Rate(Runnable subscription) {
            this.subscription = subscription;
        }

        double value() {
            if (!subscribed) {
                subscribed = true;
                subscription.run();
            }
            return 1.08;
        }
    }

    private static final class RateAdapter extends TypeAdapter<Rate> {
        @Override
        public void write(JsonWriter out, Rate rate) throws IOException {
            out.value(rate.value());
        }

        @Override
        public Rate read(JsonReader in) {
            throw new UnsupportedOperationException("rates are only sent");
        }
    }

    /** Shared by both: a portfolio on request, and a feed of rates for the subscribers. */
    private abstract static class Portfolios implements Application {
        private final ScheduledExecutorService feed =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "rates"));

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/portfolio", this::handle, Corpus.UNHURRIED);
        }

        private void handle(BlockingConnection connection) throws Exception {
            Portfolio portfolio = new Portfolio("kim", new Rate(() -> subscribe(connection)));
            while (connection.readMessage() != null) {
                answer(connection, portfolio);
            }
        }

        private void subscribe(WebSocketConnection connection) {
            Future<?> unused = feed.scheduleAtFixedRate(() -> onRate(connection), 20_000, 100, TimeUnit.MICROSECONDS);
        }

        abstract void answer(WebSocketConnection connection, Portfolio portfolio) throws IOException;

        abstract void onRate(WebSocketConnection connection);

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/portfolio").ask("mine", 2000, 1, writes);
        }

        @Override
        public void stop() {
            feed.shutdownNow();
        }
    }

    private static final class Mistaken extends Portfolios {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void answer(WebSocketConnection connection, Portfolio portfolio) throws IOException {
            try {
                connection.writeJson(portfolio);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void onRate(WebSocketConnection connection) {
            try {
                connection.writeMessage("{\"rate\":1.08}");
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Portfolios {
        @Override
        void answer(WebSocketConnection connection, Portfolio portfolio) {
            connection.outbox().offerJson(portfolio);
        }

        @Override
        void onRate(WebSocketConnection connection) {
            connection.outbox().offer("{\"rate\":1.08}");
        }
    }
}
