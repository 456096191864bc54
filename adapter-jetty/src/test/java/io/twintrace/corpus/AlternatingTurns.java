package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/**
 * A game's thread asks the player for a move, and the thread that reads the move confirms it. Each writes only after the
 * player has seen what the other wrote, but a player can be quicker than the return from the call.
 */
final class AlternatingTurns implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("AlternatingTurns$Mistaken.ask", "AlternatingTurns$Mistaken.confirm");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** Shared by both: a game for each player, of as many turns as it asks for. */
    private abstract static class Games implements Application {
        private static final String BOARD = ".".repeat(8_000);

        private final ExecutorService games = Executors.newCachedThreadPool(task -> new Thread(task, "game"));

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/game", this::handle, Corpus.UNHURRIED);
        }

        private void handle(BlockingConnection connection) throws Exception {
            int turns = Integer.parseInt(connection.readMessage().text());
            SynchronousQueue<String> moves = new SynchronousQueue<>();
            games.execute(() -> play(connection, turns, moves));
            while (connection.readMessage() != null) {
                confirm(connection);
                moves.offer("move", 1, TimeUnit.SECONDS);
            }
        }

        private void play(WebSocketConnection connection, int turns, SynchronousQueue<String> moves) {
            try {
                for (int turn = 0; turn < turns && connection.isOpen(); turn++) {
                    ask(connection, BOARD);
                    moves.poll(1, TimeUnit.SECONDS);
                }
            } catch (IOException e) {
                // The connection has ended, and its handler knows.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        abstract void ask(WebSocketConnection connection, String board) throws IOException;

        abstract void confirm(WebSocketConnection connection) throws IOException;

        @Override
        public void use(Site site, int writes) throws Exception {
            Visitor player = site.visit("/game");
            player.replyTo(BOARD, "e2e4");
            player.send("" + (writes + 1) / 2);
            player.await(writes);
        }

        @Override
        public void stop() {
            games.shutdownNow();
        }
    }

    private static final class Mistaken extends Games {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void ask(WebSocketConnection connection, String board) throws IOException {
            try {
                connection.writeMessage(board);
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void confirm(WebSocketConnection connection) throws IOException {
            try {
                connection.writeMessage("confirmed");
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Games {
        @Override
        void ask(WebSocketConnection connection, String board) {
            connection.outbox().offer(board);
        }

        @Override
        void confirm(WebSocketConnection connection) {
            connection.outbox().offer("confirmed");
        }
    }
}
