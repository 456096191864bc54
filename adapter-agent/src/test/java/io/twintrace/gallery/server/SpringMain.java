package io.twintrace.gallery.server;

import io.twintrace.gallery.spring.BehaviourHandler;
import io.twintrace.gallery.spring.GalleryHandler;
import io.twintrace.gallery.spring.Mistakes;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistration;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.standard.StandardWebSocketUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/**
 * Serves the gallery with Spring Boot, on the container of the class path. With {@code -Dspring.upgrade=standard} also
 * on Jetty by Jakarta's API, as on every other container, and otherwise as Spring chooses.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableWebSocket
public class SpringMain implements WebSocketConfigurer {
    public static void main(String[] args) throws Exception {
        SpringApplication application = new SpringApplication(SpringMain.class);
        application.setDefaultProperties(Map.of("server.port", "0", "server.address", Listening.HOST));
        ConfigurableApplicationContext context = application.run(args);
        Listening.on(((WebServerApplicationContext) context).getWebServer().getPort());
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
        if (System.getProperty("spring.upgrade", "").equals("standard")) {
            registration.setHandshakeHandler(new DefaultHandshakeHandler(new StandardWebSocketUpgradeStrategy()));
        }
    }
}
