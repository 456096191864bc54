package com.example;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.SessionOptions;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.WebSocketUpgrader;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class RoomController {
    private final WebSocketUpgrader upgrader = new WebSocketUpgrader(WebSocketOptions.builder()
            .roles(List.of("MODERATOR"))
            .session(SessionOptions.defaults().withCloseCode(CloseCode.POLICY_VIOLATION)) // at the log-out
            .build());

    @GetMapping("/rooms/{room}")
    void open(@PathVariable String room, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        upgrader.begin(request, response).attribute("room", room).accept(this::serve);
    }

    private void serve(BlockingConnection connection) throws IOException {
        String user = connection.request().user().getName();
        String title = connection.request().isUserInRole("MODERATOR") ? "moderator " : "";
        connection.writeMessage("welcome to " + connection.attributes().get("room") + ", " + title + user);
        for (Message m; (m = connection.readMessage()) != null; ) {
            connection.writeMessage(user + ": " + m.text());
        }
    }
}
