package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.RawClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers that send and never read, and handlers that are busy for 20 seconds, delay nobody else on any container. */
@Tag("containers")
class NeighborsIT {
    private static final int MESSAGE = 64 * 1024;

    /** How much longer than undisturbed the slowest echo may take: a scheduler's whim, and no wait for somebody. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    @ParameterizedTest
    @EnumSource
    void neitherAStuckPeerNorABusyHandlerDelaysOthers(Container container) throws Exception {
        List<RawClient> troublesome = new ArrayList<>();
        try (SampleServer server = container.start("neighbors", warWithBusyServlets());
                Neighbors neighbors = new Neighbors(server)) {
            neighbors.slowestEchoWithin(Duration.ofSeconds(5)); // warms up
            Duration alone = neighbors.slowestEchoWithin(Duration.ofSeconds(5));

            for (String path : List.of("/echo", "/echo/push")) {
                RawClient stuck = open(server, path, troublesome);
                Flood.begin(stuck, MESSAGE, Integer.MAX_VALUE).awaitStall();
            }
            Duration besideStuck = neighbors.slowestEchoWithin(Duration.ofSeconds(5));

            List<RawClient> waiting = new ArrayList<>();
            for (String path : List.of("/busy", "/busy/push")) {
                RawClient client = open(server, path, troublesome);
                client.send(RawClient.text("work"));
                Flood.begin(client, MESSAGE, Integer.MAX_VALUE).awaitStall();
                waiting.add(client);
            }
            Duration besideBusy = neighbors.slowestEchoWithin(Duration.ofSeconds(BusyHandler.SECONDS));
            for (RawClient client : waiting) {
                assertEquals(MESSAGE, client.read().payload().length, "what was sent meanwhile is not lost");
            }

            System.out.printf(
                    "Neighbors, %s: slowest echo %d ms alone, %d ms beside stuck peers, %d ms beside busy handlers%n",
                    container, alone.toMillis(), besideStuck.toMillis(), besideBusy.toMillis());
            Duration most = alone.plus(MARGIN);
            assertTrue(besideStuck.compareTo(most) < 0, () -> besideStuck + " beside stuck peers, " + alone + " alone");
            assertTrue(besideBusy.compareTo(most) < 0, () -> besideBusy + " beside busy handlers, " + alone + " alone");
        } finally {
            for (RawClient client : troublesome) {
                client.close();
            }
        }
    }

    private static RawClient open(SampleServer server, String path, List<RawClient> all) throws Exception {
        RawClient client = RawClient.open(server.port(), server.path(path));
        all.add(client);
        return client;
    }

    private static Path warWithBusyServlets() throws Exception {
        return Wars.changed("war-busy", root -> {
            Wars.addServlet(root, "/busy", BusyHandler.class);
            Wars.addServlet(root, "/busy/push", BusyListener.class);
        });
    }
}
