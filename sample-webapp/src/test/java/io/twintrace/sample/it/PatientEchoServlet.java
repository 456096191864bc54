package io.twintrace.sample.it;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.UpgradeServlet;
import jakarta.servlet.annotation.WebServlet;

/** A listener that may block, by annotation; goes into a WAR. */
@WebServlet(urlPatterns = "/echo/push", loadOnStartup = 1)
public final class PatientEchoServlet extends UpgradeServlet {
    private static final long serialVersionUID = 1;

    /** The container's. */
    public PatientEchoServlet() {
        super(
                new PatientEchoListener(),
                WebSocketOptions.builder().readLimit(64 << 20).build());
    }
}
