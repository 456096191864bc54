package io.twintrace.corpus;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.jetty.JettyWebSockets;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Every single call is made under the lock, and between the calls of one message it is free for others. */
final class LockBetweenPieces implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("LockBetweenPieces$Mistaken.history", "LockBetweenPieces$Chat.answer");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** What both have in common: the history of a chat is streamed, and lines are acknowledged. One lock for each. */
    private abstract static class Chat implements Application {
        static final List<String> PAGES = Collections.nCopies(20, "ann: hello\n".repeat(10));

        private final ExecutorService archive = Executors.newSingleThreadExecutor(task -> new Thread(task, "archive"));
        final Failures failures;

        Chat(Failures failures) {
            this.failures = failures;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/chat", this::handle, Corpus.TRACED);
        }

        private void handle(WebSocketConnection connection) throws Exception {
            ReentrantLock writing = new ReentrantLock(true); // fair, so that nobody waits for long
            connection.declareWriteDiscipline(WriteDiscipline.guardedBy(writing));
            for (Message m; (m = connection.readMessage()) != null; ) {
                if (m.text().equals("history")) {
                    archive.execute(() -> history(connection, writing));
                } else {
                    answer(connection, writing, m.text());
                }
            }
        }

        abstract void history(WebSocketConnection connection, ReentrantLock writing);

        private void answer(WebSocketConnection connection, ReentrantLock writing, String line) {
            writing.lock();
            try {
                connection.writeMessage("got: " + line);
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            } finally {
                writing.unlock();
            }
        }

        @Override
        public void use(Site site, int writes) throws Exception {
            Visitor visitor = site.visit("/chat");
            while (visitor.messages() < writes && !visitor.hasEnded()) {
                visitor.send("history");
                visitor.ask("hello", 1000, 1, visitor.messages() + 1);
            }
        }

        @Override
        public void stop() {
            archive.shutdown();
        }
    }

    private static final class Mistaken extends Chat {
        Mistaken(Failures failures) {
            super(failures);
        }

        @Override
        void history(WebSocketConnection connection, ReentrantLock writing) {
            try {
                MessageWriter message;
                writing.lock();
                try {
                    message = connection.nextWriter(MessageType.TEXT);
                } finally {
                    writing.unlock();
                }
                for (String page : PAGES) {
                    writing.lock();
                    try {
                        message.write(page);
                    } finally {
                        writing.unlock();
                    }
                }
                writing.lock();
                try {
                    message.close();
                } finally {
                    writing.unlock();
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Chat {
        Repaired(Failures failures) {
            super(failures);
        }

        @Override
        void history(WebSocketConnection connection, ReentrantLock writing) {
            writing.lock();
            try (MessageWriter message = connection.nextWriter(MessageType.TEXT)) {
                for (String page : PAGES) {
                    message.write(page);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            } finally {
                writing.unlock();
            }
        }
    }
}
