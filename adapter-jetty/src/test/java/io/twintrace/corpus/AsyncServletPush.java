package io.twintrace.corpus;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.jetty.JettyWebSockets;
import io.twintrace.websocket.testkit.Await;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** The job completes its request before it tells how far it is, and a listener tells that it is complete. */
final class AsyncServletPush implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("AsyncServletPush$Mistaken.convert", "AsyncServletPush$Mistaken.onComplete");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** What both have in common: files are posted, converted after the request is answered, and reported to viewers. */
    private abstract static class Converter implements Application {
        private static final int FILES = 1000;

        final Set<WebSocketConnection> viewers = ConcurrentHashMap.newKeySet();
        private Visitor visitor;

        @Override
        public void deploy(ServletContextHandler context) {
            JettyWebSockets.add(context, "/progress", this::handle, Corpus.UNHURRIED);
            ServletHolder jobs = new ServletHolder(new Jobs(this));
            jobs.setAsyncSupported(true);
            context.addServlet(jobs, "/jobs");
        }

        private void handle(WebSocketConnection connection) throws Exception {
            viewers.add(connection);
            try {
                while (connection.readMessage() != null) {} // viewers have nothing to say
            } finally {
                viewers.remove(connection);
            }
        }

        abstract void convert(List<String> files);

        abstract void onComplete();

        @Override
        public void use(Site site, int writes) throws Exception {
            if (visitor == null) {
                visitor = site.visit("/progress");
                Await.until("somebody to listen", viewers::size, size -> size == 1);
            }
            int goal = visitor.messages() + writes;
            while (visitor.messages() < goal && !visitor.hasEnded()) {
                int expected = visitor.messages() + FILES + 1;
                site.post("/jobs", "picture.png\n".repeat(FILES));
                visitor.await(expected);
            }
        }
    }

    /** One request is one job. */
    private static final class Jobs extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Converter converter;

        Jobs(Converter converter) {
            this.converter = converter;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            List<String> files = request.getReader().lines().toList();
            AsyncContext async = request.startAsync();
            async.addListener(new Completion(converter));
            async.start(() -> {
                async.complete();
                converter.convert(files);
            });
        }
    }

    private record Completion(Converter converter) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            converter.onComplete();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}
    }

    private static final class Mistaken extends Converter {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void convert(List<String> files) {
            for (WebSocketConnection viewer : viewers) {
                try {
                    for (String file : files) {
                        viewer.writeMessage("converted: " + file);
                    }
                } catch (ConcurrentWriteException | IOException e) {
                    failures.add(e);
                }
            }
        }

        @Override
        void onComplete() {
            for (WebSocketConnection viewer : viewers) {
                try {
                    viewer.writeMessage("request answered");
                } catch (ConcurrentWriteException | IOException e) {
                    failures.add(e);
                }
            }
        }
    }

    private static final class Repaired extends Converter {
        @Override
        void convert(List<String> files) {
            for (WebSocketConnection viewer : viewers) {
                for (String file : files) {
                    viewer.outbox().offer("converted: " + file);
                }
            }
        }

        @Override
        void onComplete() {
            for (WebSocketConnection viewer : viewers) {
                viewer.outbox().offer("request answered");
            }
        }
    }
}
