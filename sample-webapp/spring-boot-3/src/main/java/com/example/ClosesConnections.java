package com.example;

import io.twintrace.websocket.servlet.WebSocketUpgrader;
import jakarta.servlet.ServletContext;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Closes all connections with 1001 while the connectors still run. Spring Boot stops them before it destroys servlets. */
@Component
public class ClosesConnections {
    private final ServletContext servletContext;
    private final Duration timeout;

    ClosesConnections(ServletContext servletContext, @Value("${chat.close-timeout:5s}") Duration timeout) {
        this.servletContext = servletContext;
        this.timeout = timeout;
    }

    @EventListener
    void close(ContextClosedEvent event) {
        WebSocketUpgrader.closeAll(servletContext, timeout);
    }
}
