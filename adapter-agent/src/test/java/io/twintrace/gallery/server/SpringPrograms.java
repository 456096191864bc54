package io.twintrace.gallery.server;

import java.util.Map;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.standard.StandardWebSocketUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** What the programs with Spring Boot have in common, with versions 3 and 4. */
final class SpringPrograms {
    private SpringPrograms() {}

    static void run(Class<?> application, String[] args) throws Exception {
        SpringApplication program = new SpringApplication(application);
        program.setDefaultProperties(Map.of("server.port", "0", "server.address", Listening.HOST));
        ConfigurableApplicationContext context = program.run(args);
        // The class that knows the port is in another package in Spring Boot 3.
        Listening.on(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    /** Returns the one for {@code -Dspring.upgrade=standard}, or else lets Spring choose. */
    static Optional<HandshakeHandler> handshakeHandler() {
        return System.getProperty("spring.upgrade", "").equals("standard")
                ? Optional.of(new DefaultHandshakeHandler(new StandardWebSocketUpgradeStrategy()))
                : Optional.empty();
    }
}
