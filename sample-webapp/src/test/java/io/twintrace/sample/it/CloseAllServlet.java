package io.twintrace.sample.it;

import io.twintrace.websocket.servlet.WebSocketUpgrader;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/** Closes all connections of its application while the container goes on, and does not wait for them. */
public final class CloseAllServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ServletContext context = getServletContext();
        Thread thread = new Thread(
                () -> context.log("all closed: " + WebSocketUpgrader.closeAll(context, Duration.ofSeconds(20))));
        thread.start();
        response.getWriter().print("closing");
    }
}
