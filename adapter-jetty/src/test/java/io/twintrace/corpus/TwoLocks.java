package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Answers must not wait behind the clock's pushes, so answers have one lock and pushes another. */
final class TwoLocks implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("TwoLocks$Player.answer", "TwoLocks$Player.push");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Chess(failures) {
            @Override
            Player join(WebSocketConnection connection) {
                return new Player(connection, new ReentrantLock(), new ReentrantLock());
            }
        };
    }

    @Override
    public Application repaired(Failures failures) {
        return new Chess(failures) {
            @Override
            Player join(WebSocketConnection connection) {
                ReentrantLock writing = new ReentrantLock();
                connection.declareWriteDiscipline(WriteDiscipline.guardedBy(writing));
                return new Player(connection, writing, writing);
            }
        };
    }

    private record Player(WebSocketConnection connection, ReentrantLock answering, ReentrantLock pushing) {
        void answer(String text) throws IOException {
            answering.lock();
            try {
                connection.writeMessage(text);
            } finally {
                answering.unlock();
            }
        }

        void push(String text) throws IOException {
            pushing.lock();
            try {
                connection.writeMessage(text);
            } finally {
                pushing.unlock();
            }
        }
    }

    /** Shared by both: answered moves, and a clock. */
    private abstract static class Chess implements Application {
        private final ScheduledExecutorService clock =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "clock"));
        private final Failures failures;

        Chess(Failures failures) {
            this.failures = failures;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/chess", this::handle, Corpus.UNHURRIED);
        }

        abstract Player join(WebSocketConnection connection);

        private void handle(BlockingConnection connection) throws Exception {
            Player player = join(connection);
            ScheduledFuture<?> ticking = clock.scheduleAtFixedRate(() -> tick(player), 0, 100, TimeUnit.MICROSECONDS);
            try {
                for (Message m; (m = connection.readMessage()) != null; ) {
                    move(player, m.text());
                }
            } finally {
                ticking.cancel(false);
            }
        }

        private void move(Player player, String move) throws IOException {
            try {
                player.answer(move + " is legal");
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        private void tick(Player player) {
            try {
                player.push("time left: 4:59");
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (IOException e) {
                // The player has left.
            }
        }

        @Override
        public void use(Site site, int writes) throws Exception {
            site.visit("/chess").ask("e2e4", 2000, 1, writes);
        }

        @Override
        public void stop() {
            clock.shutdownNow();
        }
    }
}
