package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.gallery.Gallery;
import io.twintrace.gallery.jakarta.Mistakes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With the option {@code async=true}, a send lasts until it is complete. */
class AsyncIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Gallery<?> gallery = Mistakes.asynchronous();

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_11", "TOMCAT_10", "JETTY", "UNDERTOW", "TYRUS"})
    void theLogNamesTheTwoMethodsAndNoneOfTheRepaired(Container container) throws Exception {
        try (ContainerProcess process = ContainerProcess.start(container, AgentJar.options("async=true"))) {
            try {
                for (String name : gallery.names()) {
                    String path = Gallery.REPAIRED + name;
                    try (Client client = open(process, path)) {
                        String line = process.await(
                                path + " to finish", PATIENCE, each -> each.startsWith("finished " + path + " "));
                        assertTrue(line.endsWith(" failures=0 overlaps=0"), line);
                    }
                }
                assertEquals(List.of(), Reports.of(process));
                List<String> missing = new ArrayList<>();
                for (String name : mistakes(container)) {
                    Set<String> methods = gallery.atFault(name);
                    try (Client client = open(process, Gallery.MISTAKES + name)) {
                        process.await(name, PATIENCE, line -> Reports.names(line, Gallery.MISTAKES + name, methods));
                    } catch (AssertionError e) {
                        missing.add(name);
                    }
                }
                assertEquals(List.of(), missing, process::log);
            } finally {
                if (Boolean.getBoolean("gallery.log")) {
                    System.out.println(process.log());
                }
            }
        }
    }

    /** On Tyrus with Grizzly a send is complete when its call returns, so that one thread cannot be too early. */
    private Set<String> mistakes(Container container) {
        return container == Container.TYRUS ? Set.of("HandlerChain") : gallery.names();
    }

    private static Client open(ContainerProcess process, String path) throws Exception {
        Client client = Client.open(process.uri(path));
        client.send("go").join();
        return client;
    }
}
