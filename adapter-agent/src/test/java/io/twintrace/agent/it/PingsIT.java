package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.gallery.Gallery;
import io.twintrace.gallery.jakarta.Mistakes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ping between the parts of a message ends the message on Jetty, and nowhere else. */
class PingsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NAME = "PingBesideParts";

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_11", "JETTY"})
    void theLogNamesTheTwoMethodsWhereTheEngineMinds(Container container) throws Exception {
        List<String> options = List.of(AgentJar.option() + "=level=traced", "-Drepaired.writes=20000");
        try (ContainerProcess process = ContainerProcess.start(container, options)) {
            String repaired = finish(process, Gallery.REPAIRED + NAME);
            assertTrue(repaired.endsWith(" failures=0 overlaps=0"), repaired);
            assertEquals(List.of(), Reports.of(process));
            if (container == Container.JETTY) {
                Set<String> methods = Mistakes.pings().atFault(NAME);
                try (Client client = open(process, Gallery.MISTAKES + NAME)) {
                    process.await(NAME, PATIENCE, line -> Reports.names(line, Gallery.MISTAKES + NAME, methods));
                }
            } else {
                try (Client client = open(process, Gallery.MISTAKES + NAME)) {
                    process.await(NAME, PATIENCE, ("overlapped " + Gallery.MISTAKES + NAME)::equals);
                }
                assertEquals(List.of(), Reports.of(process));
            }
        }
    }

    private static String finish(ContainerProcess process, String path) throws Exception {
        try (Client client = open(process, path)) {
            return process.await(path + " to finish", PATIENCE, each -> each.startsWith("finished " + path + " "));
        }
    }

    private static Client open(ContainerProcess process, String path) throws Exception {
        Client client = Client.open(process.uri(path));
        client.send("go").join();
        return client;
    }
}
