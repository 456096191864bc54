package io.twintrace.corpus;

import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.servlet.UpgradeServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** A session listener says goodbye on the WebSocket of whoever logs out or has been away for too long. */
final class SessionLogout implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("SessionLogout$Mistaken.answer", "SessionLogout$Mistaken.logOut");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired();
    }

    /** What both have in common: mails are read over a WebSocket that belongs to an HTTP session. */
    private abstract static class Mail implements Application, HttpSessionListener {
        private static final int MORE = 1000;

        private final ConcurrentMap<String, WebSocketConnection> connections = new ConcurrentHashMap<>();

        @Override
        public void deploy(ServletContextHandler context) {
            context.addServlet(new ServletHolder(new MailServlet(this)), "/mail");
            context.addServlet(new ServletHolder(new Door()), "/door");
            context.addEventListener(this);
        }

        private void handle(WebSocketConnection connection) throws Exception {
            connections.put((String) connection.attributes().get("session"), connection);
            for (Message m; (m = connection.readMessage()) != null; ) {
                answer(connection, m.text());
            }
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            WebSocketConnection connection =
                    connections.remove(event.getSession().getId());
            if (connection != null) {
                logOut(connection);
            }
        }

        abstract void answer(WebSocketConnection connection, String request) throws IOException;

        abstract void logOut(WebSocketConnection connection);

        @Override
        public void use(Site site, int writes) throws Exception {
            String session = site.post("/door", "").body();
            Visitor visitor = site.visit("/mail;jsessionid=" + session);
            for (int i = 0; i < writes + MORE; i++) {
                visitor.send("next mail");
            }
            visitor.await(writes);
            site.post("/door;jsessionid=" + session, "");
            visitor.await(Integer.MAX_VALUE); // until it is closed
        }
    }

    /** Lets in whoever has no session, and out who has. */
    private static final class Door extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getSession(false) == null) {
                response.getWriter().print(request.getSession().getId());
            } else {
                request.getSession().invalidate();
            }
        }
    }

    private static final class MailServlet extends UpgradeServlet {
        private static final long serialVersionUID = 1L;

        MailServlet(Mail mail) {
            super(mail::handle, Corpus.UNHURRIED);
        }

        @Override
        protected void prepare(HttpServletRequest request, Map<String, Object> attributes) {
            attributes.put("session", request.getSession().getId());
        }
    }

    private static final class Mistaken extends Mail {
        private final Failures failures;

        Mistaken(Failures failures) {
            this.failures = failures;
        }

        @Override
        void answer(WebSocketConnection connection, String request) throws IOException {
            try {
                connection.writeMessage("mail from Ann");
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            }
        }

        @Override
        void logOut(WebSocketConnection connection) {
            try {
                connection.writeMessage("logged out");
                connection.beginClose(CloseCode.NORMAL, "");
            } catch (ConcurrentWriteException | IOException e) {
                failures.add(e);
            }
        }
    }

    private static final class Repaired extends Mail {
        @Override
        void answer(WebSocketConnection connection, String request) throws IOException {
            try {
                connection.writeMessage("mail from Ann");
            } catch (CloseSentException e) {
                // Logged out meanwhile: readMessage will say so.
            }
        }

        @Override
        void logOut(WebSocketConnection connection) {
            connection.beginClose(CloseCode.NORMAL, "logged out");
        }
    }
}
