package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.gallery.server.StompMain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Spring's STOMP broker writes with many threads, but decorates its sessions. */
class StompIT {
    private static final int CLIENTS = 20;
    private static final int ROUNDS = 50;
    private static final int BROADCASTS_OF_EACH = 20;
    private static final int QUESTIONS_OF_EACH = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @EnumSource(names = {"SPRING_ON_TOMCAT", "SPRING_ON_JETTY", "SPRING_ON_JETTY_STANDARD", "SPRING_BOOT_3"})
    void theBrokerIsSilentUnderLoad(Container container) throws Exception {
        try (ContainerProcess process = start(container)) {
            List<StompClient> clients = connect(process);
            for (int round = 1; round <= ROUNDS; round++) {
                clients.forEach(StompIT::talk);
                for (StompClient client : clients) {
                    int broadcasts = round * CLIENTS * BROADCASTS_OF_EACH;
                    assertTrue(client.awaitMessages(PATIENCE, broadcasts, round * QUESTIONS_OF_EACH), process::log);
                }
                // The next round's messages then meet other heartbeats.
                assertTrue(clients.get(round % CLIENTS).awaitHeartbeat(PATIENCE), process::log);
            }
            assertEquals(List.of(), Reports.of(process));
            clients.forEach(StompClient::close);
        }
    }

    /** The same application is not silent once something writes past the broker. */
    @ParameterizedTest
    @EnumSource(names = {"SPRING_ON_TOMCAT", "SPRING_ON_JETTY_STANDARD", "SPRING_BOOT_3"})
    void aWriteToTheSessionThatTheBrokerDecoratedIsNamed(Container container) throws Exception {
        try (ContainerProcess process = start(container);
                StompClient client = StompClient.connect(process.uri("/stomp"))) {
            client.send("/app/raw", "");
            for (int i = 0; i < ROUNDS * BROADCASTS_OF_EACH; i++) {
                client.send("/app/all", "message");
            }
            String report = process.await("the report", PATIENCE, Reports::isReport);
            assertTrue(report.contains("RawSessions.pushBeat("), report);
        }
    }

    private static ContainerProcess start(Container container) throws Exception {
        return ContainerProcess.start(AgentJar.options(), container.arguments(StompMain.class));
    }

    /** Returns clients whose subscriptions the broker has seen. */
    private static List<StompClient> connect(ContainerProcess process) throws Exception {
        List<StompClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(StompClient.connect(process.uri("/stomp")));
        }
        for (StompClient client : clients) {
            client.awaitSubscriptions();
        }
        return clients;
    }

    private static void talk(StompClient client) {
        for (int i = 0; i < BROADCASTS_OF_EACH; i++) {
            client.send("/app/all", "a message to all that is not too short, number " + i);
            if (i < QUESTIONS_OF_EACH) {
                client.send("/app/own", "a question");
            }
        }
    }
}
