package io.twintrace.corpus;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.JettyWebSockets;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** A job streams a long export, and the thread that reads answers what is asked meanwhile, in a word. */
final class ReplyDuringExport implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("ReplyDuringExport$Mistaken.export", "ReplyDuringExport$Mistaken.reply");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** What both have in common: an export is a job, and everything else is answered at once. */
    private abstract static class Ledger implements Application {
        static final List<String> PAGES = Collections.nCopies(100, "2026-11-24;42.00;ACME\n".repeat(10));

        private final ExecutorService jobs = Executors.newSingleThreadExecutor(task -> new Thread(task, "exports"));

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/ledger", this::handle, Corpus.TRACED);
        }

        private void handle(WebSocketConnection connection) throws Exception {
            for (Message m; (m = connection.readMessage()) != null; ) {
                if (m.text().equals("export")) {
                    jobs.execute(() -> export(connection));
                } else {
                    reply(connection, m.text());
                }
            }
        }

        abstract void export(WebSocketConnection connection);

        abstract void reply(WebSocketConnection connection, String request) throws IOException;

        @Override
        public void use(Site site, int writes) throws Exception {
            Visitor visitor = site.visit("/ledger");
            while (visitor.messages() < writes && !visitor.hasEnded()) {
                visitor.send("export");
                visitor.ask("balance", 1000, 1, visitor.messages() + 1);
            }
        }

        @Override
        public void stop() {
            jobs.shutdown();
        }
    }

    private static final class Mistaken extends Ledger {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void export(WebSocketConnection connection) {
            try (MessageWriter message = connection.nextWriter(MessageType.TEXT)) {
                for (String page : PAGES) {
                    message.write(page);
                }
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }

        @Override
        void reply(WebSocketConnection connection, String request) throws IOException {
            try {
                connection.writeMessage(request + ": 42.00");
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Ledger {
        @Override
        void export(WebSocketConnection connection) {
            for (String page : PAGES) {
                connection.outbox().offer(page);
            }
            connection.outbox().offer("end of export");
        }

        @Override
        void reply(WebSocketConnection connection, String request) {
            connection.outbox().offer(request + ": 42.00");
        }
    }
}
