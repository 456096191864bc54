package io.twintrace.sample.it;

import io.twintrace.sample.EchoHandler;
import io.twintrace.websocket.servlet.UpgradeServlet;
import jakarta.servlet.annotation.WebServlet;

/** An echo by annotation alone. Goes into a WAR. */
@WebServlet(urlPatterns = "/annotated", loadOnStartup = 1)
public final class AnnotatedServlet extends UpgradeServlet {
    private static final long serialVersionUID = 1;

    /** The container's. */
    public AnnotatedServlet() {
        super(new EchoHandler());
    }
}
