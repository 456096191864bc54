package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.internal.io.VirtualThreads;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Virtual threads cost nothing, so each service has its own, which sends the offers as they come. */
final class VirtualThreadFanOut implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("VirtualThreadFanOut$Search.sendFlights", "VirtualThreadFanOut$Search.sendHotels");
    }

    @Override
    public Application mistaken(Failures failures) {
        WebSocketOptions traced =
                Corpus.UNHURRIED.toBuilder().detectorLevel(DetectorLevel.TRACED).build();
        return new Trips(traced, connection -> new Search(connection, failures));
    }

    @Override
    public Application repaired(Failures failures) {
        return new Trips(Corpus.UNHURRIED, connection -> new LockedSearch(connection, failures));
    }

    private static final class Trips implements Application {
        private static final int PAGES = 20;

        private final WebSocketOptions options;
        private final Function<WebSocketConnection, Search> searches;

        Trips(WebSocketOptions options, Function<WebSocketConnection, Search> searches) {
            this.options = options;
            this.searches = searches;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/trips", this::handle, options);
        }

        private void handle(BlockingConnection connection) throws Exception {
            Search search = searches.apply(connection);
            for (Message m; (m = connection.readMessage()) != null; ) {
                String place = m.text();
                Thread flights = start(page -> search.sendFlights(place, page));
                Thread hotels = start(page -> search.sendHotels(place, page));
                flights.join();
                hotels.join();
            }
        }

        private static Thread start(IntConsumer send) {
            Runnable task = () -> sendAll(send);
            Thread thread = VirtualThreads.exist() ? VirtualThreads.unstarted(task) : new Thread(task);
            thread.start();
            return thread;
        }

        private static void sendAll(IntConsumer send) {
            for (int page = 1; page <= PAGES; page++) {
                send.accept(page);
            }
        }

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/trips").ask("Rome", 50, 2 * PAGES, writes);
        }
    }

    /** One for each connection. */
    private static class Search {
        private final WebSocketConnection connection;
        private final Failures failures;

        Search(WebSocketConnection connection, Failures failures) {
            this.connection = connection;
            this.failures = failures;
        }

        void sendFlights(String place, int page) {
            try (MessageWriter message = connection.nextWriter(MessageType.TEXT)) {
                message.write("flights to " + place);
                message.write(", page " + page);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void sendHotels(String place, int page) {
            try (MessageWriter message = connection.nextWriter(MessageType.TEXT)) {
                message.write("hotels in " + place);
                message.write(", page " + page);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The same, but with a lock around each whole message. */
    private static final class LockedSearch extends Search {
        private final ReentrantLock writing = new ReentrantLock();

        LockedSearch(WebSocketConnection connection, Failures failures) {
            super(connection, failures);
            connection.declareWriteDiscipline(WriteDiscipline.guardedBy(writing));
        }

        @Override
        void sendFlights(String place, int page) {
            writing.lock();
            try {
                super.sendFlights(place, page);
            } finally {
                writing.unlock();
            }
        }

        @Override
        void sendHotels(String place, int page) {
            writing.lock();
            try {
                super.sendHotels(place, page);
            } finally {
                writing.unlock();
            }
        }
    }
}
