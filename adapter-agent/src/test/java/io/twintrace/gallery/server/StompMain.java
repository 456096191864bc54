package io.twintrace.gallery.server;

import io.twintrace.gallery.spring.RawSessions;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.StompWebSocketEndpointRegistration;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;

/** Serves STOMP with Spring's simple broker at {@code /stomp}. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableWebSocketMessageBroker
@Import(StompMain.Desk.class)
public class StompMain implements WebSocketMessageBrokerConfigurer {
    private static final long MILLIS_BETWEEN_HEARTBEATS = 10;
    private static final long MILLIS_BETWEEN_THOSE_OF_CLIENTS = 10_000;
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int BUFFER_BYTES = 64 << 20;

    private final RawSessions raw = new RawSessions();

    public static void main(String[] args) throws Exception {
        SpringPrograms.run(StompMain.class, args);
    }

    @Bean
    RawSessions rawSessions() {
        return raw;
    }

    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
        StompWebSocketEndpointRegistration endpoint = registry.addEndpoint("/stomp");
        SpringPrograms.handshakeHandler().ifPresent(endpoint::setHandshakeHandler);
    }

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("heartbeat-");
        scheduler.initialize();
        registry.setApplicationDestinationPrefixes("/app");
        registry.enableSimpleBroker("/topic", "/queue")
                .setHeartbeatValue(new long[] {MILLIS_BETWEEN_HEARTBEATS, MILLIS_BETWEEN_THOSE_OF_CLIENTS})
                .setTaskScheduler(scheduler);
    }

    @Override
    public void configureWebSocketTransport(WebSocketTransportRegistration registration) {
        registration.setSendTimeLimit(PATIENCE_MILLIS).setSendBufferSizeLimit(BUFFER_BYTES);
        registration.addDecoratorFactory(raw);
    }

    /** What clients may call. */
    @Controller
    static class Desk {
        private final RawSessions raw;

        Desk(RawSessions raw) {
            this.raw = raw;
        }

        /** To all. */
        @MessageMapping("/all")
        @SendTo("/topic/all")
        String tellAll(String message) {
            return message;
        }

        /** Back to the session that sent it. */
        @MessageMapping("/own")
        @SendToUser(destinations = "/queue/own", broadcast = false)
        String answer(String message) {
            return message;
        }

        /** The mistake: to the session that sent it, past the broker. */
        @MessageMapping("/raw")
        void writeRaw(@Header("simpSessionId") String session) {
            raw.writeTo(session);
        }
    }
}
