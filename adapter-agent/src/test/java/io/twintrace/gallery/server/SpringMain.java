package io.twintrace.gallery.server;

import io.twintrace.gallery.spring.BehaviourHandler;
import io.twintrace.gallery.spring.GalleryHandler;
import io.twintrace.gallery.spring.Mistakes;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistration;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;

/**
 * Serves the gallery with Spring Boot, on the container of the class path. With {@code -Dspring.upgrade=standard} also
 * on Jetty by Jakarta's API, as on every other container, and otherwise as Spring chooses.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableWebSocket
public class SpringMain implements WebSocketConfigurer {
    public static void main(String[] args) throws Exception {
        SpringPrograms.run(SpringMain.class, args);
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        Mistakes.gallery()
                .applications()
                .forEach((path, application) -> add(registry, new GalleryHandler(application), path));
        add(registry, new BehaviourHandler(), "/behaviour");
    }

    private static void add(WebSocketHandlerRegistry registry, WebSocketHandler handler, String path) {
        WebSocketHandlerRegistration registration = registry.addHandler(handler, path);
        SpringPrograms.handshakeHandler().ifPresent(registration::setHandshakeHandler);
    }
}
