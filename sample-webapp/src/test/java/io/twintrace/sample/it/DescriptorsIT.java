package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Connections use up all file descriptors of a stock Tomcat before the first one closes, and its jars are closed, so no
 * more classes of the application can be loaded.
 */
class DescriptorsIT {
    private static final String LIMIT = "300";
    private static final int CLOSING = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<RawClient> clients = new ArrayList<>();

    @Test
    void connectionsCloseWhereNoDescriptorIsLeft() throws Exception {
        try (SampleServer server = Servers.tomcat("tomcat-descriptors", Servers.WAR, LIMIT)) {
            assumeFalse(server.process().openFiles().isEmpty(), "the system does not tell of descriptors");
            open(server);
            assertEquals(101, clients.get(0).readResponse().status());
            awaitJarsClosed(server);
            openAsManyAsThereAre(server);
            awaitJarsClosed(server);
            for (RawClient client : clients.subList(0, CLOSING)) {
                client.send(RawClient.close(1000));
            }
            for (RawClient client : clients.subList(0, CLOSING)) {
                assertEquals(1000, client.readToClose());
                client.awaitEnd();
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    /** Tomcat closes the jars of an application that has loaded nothing for a while. */
    private static void awaitJarsClosed(SampleServer server) throws Exception {
        Await.until(
                "closed jars",
                PATIENCE,
                () -> server.process().openFiles().stream()
                        .filter(each -> each.contains("/WEB-INF/lib/"))
                        .toList(),
                List::isEmpty);
    }

    /** The first connection loads the classes needed for opening, while there are descriptors for that. */
    private void open(SampleServer server) throws IOException {
        RawClient client = RawClient.connect(server.port());
        clients.add(client);
        client.send(RawClient.handshake(server.path("/echo")));
    }

    /** Connections that are not served wait until a descriptor becomes free. */
    private void openAsManyAsThereAre(SampleServer server) throws Exception {
        int limit = Integer.parseInt(LIMIT);
        int served = clients.size();
        while (clients.size() < limit) {
            open(server);
        }
        try {
            while (served < limit && clients.get(served).readResponse().status() == 101) {
                served++;
            }
        } catch (IOException e) {
            // This connection waits.
        }
        assertTrue(served > CLOSING && served < limit, served + " were served");
    }
}
