package io.twintrace.sample.it;

import io.twintrace.sample.EchoHandler;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.SessionOptions;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.Upgrade;
import io.twintrace.websocket.servlet.WebSocketUpgrader;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Map;

/** A servlet of the application's own that upgrades some requests and answers others. Goes into a WAR. */
public final class UpgradeCallServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    /** How long a session lives without a request or message. */
    static final int SECONDS = 4;

    private final transient WebSocketUpgrader upgrader = new WebSocketUpgrader(WebSocketOptions.builder()
            .session(SessionOptions.defaults().withCloseCode(1008).withKeepAlive(true))
            .build());

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!WebSocketUpgrader.isUpgrade(request)) {
            page(request, response);
            return;
        }
        Upgrade upgrade = upgrader.begin(request, response);
        switch (request.getPathInfo()) {
            case "/refused" -> upgrade.refuse(401, "log in first", Map.of("WWW-Authenticate", "Bearer"));
            case "/listener" -> upgrade.accept(new PatientEchoListener());
            default -> {
                response.addHeader("X-Node", "a");
                response.addHeader("X-Node", "b");
                response.addCookie(new Cookie("seat", "7"));
                upgrade.attribute("room", "blue").accept(UpgradeCallServlet::greet);
            }
        }
    }

    /** GET /login begins a session, GET /logout ends it, and all others tell whether there is one. */
    private static void page(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HttpSession session = request.getSession(request.getPathInfo().equals("/login"));
        if (session != null && request.getPathInfo().equals("/login")) {
            session.setMaxInactiveInterval(SECONDS);
        }
        if (session != null && request.getPathInfo().equals("/logout")) {
            session.invalidate();
        }
        response.getWriter().print(session == null ? "no session" : "session");
    }

    private static void greet(BlockingConnection connection) throws Exception {
        connection.writeMessage(connection.request().pathInfo() + " " + connection.attributes());
        new EchoHandler().handle(connection);
    }
}
