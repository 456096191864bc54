package io.twintrace.corpus;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.JettyWebSockets;
import io.twintrace.websocket.thread.VirtualThreads;
import java.io.IOException;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Each source is asked by a virtual thread of its own, which costs nothing, and writes what it finds. */
final class VirtualThreadFanOut implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("VirtualThreadFanOut$Mistaken.flights", "VirtualThreadFanOut$Mistaken.hotels");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** What both have in common: a trip is looked for in two places at once. */
    private abstract static class Travel implements Application {
        static final int OFFERS = 50;

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/travel", this::handle, Corpus.UNHURRIED);
        }

        private void handle(WebSocketConnection connection) throws Exception {
            for (Message m; (m = connection.readMessage()) != null; ) {
                String place = m.text();
                Thread flights = start("flights", () -> flights(connection, place));
                Thread hotels = start("hotels", () -> hotels(connection, place));
                flights.join();
                hotels.join();
            }
        }

        private static Thread start(String name, Runnable search) {
            Thread thread = VirtualThreads.exist() ? VirtualThreads.unstarted(search) : new Thread(search);
            thread.setName(name);
            thread.start();
            return thread;
        }

        abstract void flights(WebSocketConnection connection, String place);

        abstract void hotels(WebSocketConnection connection, String place);

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/travel").ask("Lisbon", 20, 2 * OFFERS, writes);
        }
    }

    private static final class Mistaken extends Travel {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void flights(WebSocketConnection connection, String place) {
            try {
                for (int i = 1; i <= OFFERS; i++) {
                    connection.writeMessage("flight " + i + " to " + place);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }

        @Override
        void hotels(WebSocketConnection connection, String place) {
            try {
                for (int i = 1; i <= OFFERS; i++) {
                    connection.writeMessage("hotel " + i + " in " + place);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Travel {
        @Override
        void flights(WebSocketConnection connection, String place) {
            for (int i = 1; i <= OFFERS; i++) {
                connection.outbox().offer("flight " + i + " to " + place);
            }
        }

        @Override
        void hotels(WebSocketConnection connection, String place) {
            for (int i = 1; i <= OFFERS; i++) {
                connection.outbox().offer("hotel " + i + " in " + place);
            }
        }
    }
}
