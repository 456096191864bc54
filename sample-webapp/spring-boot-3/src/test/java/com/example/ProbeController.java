package com.example;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.servlet.WebSocketUpgrader;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Controllers that do what the example does not: good things and bad ones. */
@RestController
class ProbeController {
    /** Lets the handlers of /busy go. */
    static volatile CountDownLatch released = new CountDownLatch(1);

    private static final String MUCH = "x".repeat(10_000);

    private final WebSocketUpgrader upgrader = new WebSocketUpgrader();

    @GetMapping("/cookie")
    void cookie(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        response.addCookie(new Cookie("seen", "yes"));
        response.setHeader("X-Served-By", "the controller");
        upgrader.upgrade(request, response, new EchoHandler());
    }

    @GetMapping("/refused")
    void refused() {
        throw new ResponseStatusException(HttpStatus.TOO_MANY_REQUESTS);
    }

    @GetMapping("/value")
    String value(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        upgrader.upgrade(request, response, new EchoHandler());
        return "a value after the upgrade";
    }

    @GetMapping("/listener")
    void listener(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        upgrader.upgrade(request, response, new EchoListener());
    }

    @GetMapping("/busy")
    void busy(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        upgrader.upgrade(request, response, ProbeController::goOn);
    }

    /** Whatever happens to the connection or the thread. */
    static void goOn(BlockingConnection connection) throws IOException {
        connection.writeMessage("busy");
        boolean over = false;
        while (!over) {
            try {
                released.await();
                over = true;
            } catch (InterruptedException e) {
                // That is what this is about.
            }
        }
    }

    @GetMapping("/race")
    void race(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        upgrader.upgrade(request, response, ProbeController::race);
    }

    private static void race(BlockingConnection connection) throws InterruptedException {
        Thread other = new Thread(() -> writeTicks(connection));
        other.start();
        writeAnswers(connection);
        other.join();
    }

    private static void writeTicks(BlockingConnection connection) {
        try {
            while (true) {
                connection.writeMessage(MUCH);
            }
        } catch (ConcurrentWriteException | IOException e) {
            // In the log.
        }
    }

    private static void writeAnswers(BlockingConnection connection) {
        try {
            while (true) {
                connection.writeMessage(MUCH);
            }
        } catch (ConcurrentWriteException | IOException e) {
            // In the log.
        }
    }

    private static final class EchoListener implements WebSocketListener {
        @Override
        public boolean isNonBlocking() {
            return true;
        }

        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
            connection.writeMessage(message);
        }
    }
}
