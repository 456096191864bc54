package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.gallery.Gallery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Real mistakes in real containers: the log names both methods, and the repaired applications are silent. */
@ParameterizedClass
@MethodSource("containers")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GalleryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE_WITH_THE_REPAIRED = Duration.ofSeconds(90);

    private static ContainerProcess process;

    @Parameter
    private Container container;

    /** Those of the property gallery.containers, with commas between them, or all. */
    static Stream<Container> containers() {
        String names = System.getProperty("gallery.containers", "");
        return names.isEmpty()
                ? Stream.of(Container.values())
                : Stream.of(names.split(",")).map(Container::valueOf);
    }

    @BeforeParameterizedClassInvocation
    static void start(Container container) throws Exception {
        process = ContainerProcess.start(container, AgentJar.options());
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        process.close();
        if (Boolean.getBoolean("gallery.log")) {
            System.out.println(process.log());
        }
    }

    /** First, so that every line about a concurrent write would be a false alarm. */
    @Test
    @Order(1)
    void theRepairedApplicationsAreSilentOverAHundredThousandWrites() throws Exception {
        Map<String, List<Client>> clients = open(Gallery.REPAIRED);
        for (String name : clients.keySet()) {
            String path = Gallery.REPAIRED + name;
            String line = process.await(
                    path + " to finish", PATIENCE_WITH_THE_REPAIRED, each -> each.startsWith("finished " + path + " "));
            assertTrue(line.endsWith(" failures=0 overlaps=0"), line);
        }
        clients.values().forEach(each -> each.forEach(Client::close));
        assertEquals(List.of(), Reports.of(process));
    }

    @Test
    @Order(2)
    void theLogNamesTheTwoMethodsOfEveryMistake() throws Exception {
        Map<String, List<Client>> clients = open(Gallery.MISTAKES);
        List<String> missing = new ArrayList<>();
        for (String name : clients.keySet()) {
            try {
                awaitMistake(name);
            } catch (AssertionError e) {
                missing.add(name);
            }
            clients.get(name).forEach(Client::close);
        }
        assertEquals(List.of(), missing, process::log);
        if (container.queuesWholeMessages()) {
            assertEquals(List.of(), Reports.of(process));
        }
    }

    private void awaitMistake(String name) {
        if (container.queuesWholeMessages()) {
            process.await(name, PATIENCE, ("overlapped " + Gallery.MISTAKES + name)::equals);
        } else {
            Set<String> methods = container.gallery().atFault(name);
            process.await(name, PATIENCE, line -> Reports.names(line, Gallery.MISTAKES + name, methods));
        }
    }

    /** Opens all clients at once, and starts the writers. */
    private Map<String, List<Client>> open(String prefix) throws Exception {
        Gallery<?> gallery = container.gallery();
        Map<String, List<Client>> clients = new LinkedHashMap<>();
        for (String name : gallery.names()) {
            for (int i = 0; i < gallery.clients(name); i++) {
                Client client = Client.open(process.uri(prefix + name));
                clients.computeIfAbsent(name, each -> new ArrayList<>()).add(client);
            }
        }
        for (List<Client> each : clients.values()) {
            for (Client client : each) {
                client.send("go").join();
            }
        }
        return clients;
    }
}
