package io.twintrace.corpus;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.servlet.Upgrade;
import io.twintrace.websocket.servlet.UpgradeServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** When a user logs out or a session expires, a session listener notifies the user's open page. */
final class SessionListener implements Mistake {
    @Override
    public Set<String> atFault() {
        return Set.of("SessionListener$Account.answer", "SessionListener$Mistaken.sessionDestroyed");
    }

    @Override
    public Application mistaken(Failures failures) {
        return new Mistaken(failures);
    }

    @Override
    public Application repaired(Failures failures) {
        return new Repaired(failures);
    }

    /** POST logs in and returns the session's id; POST with the id in the path logs out. */
    private static final class LoginServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            HttpSession session = request.getSession();
            if (session.isNew()) {
                response.getWriter().print(session.getId());
            } else {
                session.invalidate();
            }
        }
    }

    /** Passes the session to the handler. */
    private static final class AccountServlet extends UpgradeServlet {
        private static final long serialVersionUID = 1L;

        AccountServlet(WebSocketHandler handler) {
            super(handler, Corpus.UNHURRIED);
        }

        @Override
        protected void prepare(Upgrade upgrade) {
            upgrade.attribute("session", upgrade.request().getSession(false));
        }
    }

    /** Shared by both: bookings on request, and the action at the end of a session. */
    private abstract static class Account implements Application, HttpSessionListener {
        private static final int ROWS = 100;

        final Failures failures;

        Account(Failures failures) {
            this.failures = failures;
        }

        @Override
        public void deploy(ServletContextHandler context) {
            context.addEventListener(this);
            context.addServlet(new ServletHolder(new LoginServlet()), "/session");
            context.addServlet(new ServletHolder(new AccountServlet(this::handle)), "/account");
        }

        private void handle(BlockingConnection connection) throws Exception {
            ((HttpSession) connection.attributes().get("session")).setAttribute("connection", connection);
            while (connection.readMessage() != null) {
                answer(connection);
            }
        }

        private void answer(WebSocketConnection connection) throws IOException {
            try {
                for (int row = 1; row <= ROWS; row++) {
                    connection.writeMessage("booking " + row);
                }
            } catch (ConcurrentWriteException e) {
                failures.add(e);
            } catch (CloseSentException e) {
                // The session has ended meanwhile. The next read shows how the client reacted.
            }
        }

        /** Logs out in the middle of an answer, again and again. */
        @Override
        public void use(Site site, int writes) throws Exception {
            for (int seen = 0; seen < writes && failures.all().isEmpty(); ) {
                String id = site.post("/session", "").body();
                Visitor visitor = site.visit("/account", "Cookie: JSESSIONID=" + id);
                int some = Math.min(writes, 20_000);
                for (int requests = 0; requests < 2 * some / ROWS; requests++) {
                    visitor.send("next");
                }
                visitor.await(some);
                site.post("/session;jsessionid=" + id, "");
                seen += visitor.messages();
            }
        }
    }

    private static final class Mistaken extends Account {
        Mistaken(Failures failures) {
            super(failures);
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            if (event.getSession().getAttribute("connection") instanceof WebSocketConnection connection) {
                try {
                    connection.writeMessage("you are logged out");
                } catch (ConcurrentWriteException | IOException e) {
                    failures.add(e);
                }
            }
        }
    }

    private static final class Repaired extends Account {
        Repaired(Failures failures) {
            super(failures);
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            if (event.getSession().getAttribute("connection") instanceof WebSocketConnection connection) {
                connection.beginClose(CloseCode.NORMAL, "you are logged out");
            }
        }
    }
}
