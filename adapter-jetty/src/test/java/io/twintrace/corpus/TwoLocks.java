package io.twintrace.corpus;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Answers are written under one lock and pushes under another, so that a push need not wait for an answer. */
final class TwoLocks implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("TwoLocks$Mistaken.answer", "TwoLocks$Mistaken.push");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Auction(connection -> new Mistaken(connection, failures));
    }

    @Override
    public Application repaired(Failures failures) {
        return new Auction(connection -> new Repaired(connection, failures));
    }

    /** What both have in common: each bid is confirmed, and the auctioneer tells what the highest one is. */
    private static final class Auction implements Application {
        private final ExecutorService auctioneer =
                Executors.newSingleThreadExecutor(task -> new Thread(task, "auctioneer"));
        private final Function<WebSocketConnection, Bidder> bidders;

        Auction(Function<WebSocketConnection, Bidder> bidders) {
            this.bidders = bidders;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/auction", this::handle, Corpus.UNHURRIED);
        }

        private void handle(WebSocketConnection connection) throws Exception {
            Bidder bidder = bidders.apply(connection);
            for (Message m; (m = connection.readMessage()) != null; ) {
                String bid = m.text();
                auctioneer.execute(() -> bidder.push(bid));
                bidder.answer(bid);
            }
        }

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/auction").ask("42.00", 1000, 2, writes);
        }

        @Override
        public void stop() {
            auctioneer.shutdown();
        }
    }

    /** One connection. */
    private interface Bidder {
        void answer(String bid);

        void push(String bid);
    }

    private static final class Mistaken implements Bidder {
        private final WebSocketConnection connection;
        private final Failures failures;
        private final ReentrantLock answering = new ReentrantLock();
        private final ReentrantLock pushing = new ReentrantLock();

        Mistaken(WebSocketConnection connection, Failures failures) {
            this.connection = connection;
            this.failures = failures;
        }

        @Override
        public void answer(String bid) {
            answering.lock();
            try {
                connection.writeMessage("your bid: " + bid);
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            } finally {
                answering.unlock();
            }
        }

        @Override
        public void push(String bid) {
            pushing.lock();
            try {
                connection.writeMessage("highest bid: " + bid);
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            } finally {
                pushing.unlock();
            }
        }
    }

    private static final class Repaired implements Bidder {
        private final WebSocketConnection connection;
        private final Failures failures;
        private final ReentrantLock writing = new ReentrantLock();

        Repaired(WebSocketConnection connection, Failures failures) {
            this.connection = connection;
            this.failures = failures;
            connection.declareWriteDiscipline(WriteDiscipline.guardedBy(writing));
        }

        @Override
        public void answer(String bid) {
            writing.lock();
            try {
                connection.writeMessage("your bid: " + bid);
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            } finally {
                writing.unlock();
            }
        }

        @Override
        public void push(String bid) {
            writing.lock();
            try {
                connection.writeMessage("highest bid: " + bid);
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            } finally {
                writing.unlock();
            }
        }
    }
}
