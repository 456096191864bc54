package io.twintrace.sample.it;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.servlet.UpgradeServlet;
import jakarta.servlet.annotation.WebServlet;
import java.io.IOException;

/** On a message, the handler and another thread write until they collide. The exception propagates. In a WAR. */
@WebServlet(urlPatterns = "/race/uncaught", loadOnStartup = 1)
public final class UncaughtRaceServlet extends UpgradeServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void handle(BlockingConnection connection) throws Exception {
        if (connection.readMessage() != null) {
            Thread other = new Thread(() -> {
                try {
                    writeForEver(connection);
                } catch (IOException | RuntimeException e) {
                    // Swallowed, as applications do.
                }
            });
            other.setDaemon(true);
            other.start();
            writeForEver(connection);
        }
    }

    private static void writeForEver(BlockingConnection connection) throws IOException {
        while (true) {
            connection.writeMessage("x");
        }
    }
}
