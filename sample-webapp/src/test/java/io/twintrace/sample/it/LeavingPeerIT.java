package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers that leave while their handlers are at work cost nothing, and what they have sent before is read. */
class LeavingPeerIT {
    private static final int PEERS = 4;

    /** How long a server that has just started may still be busy with itself; less than the handlers work. */
    private static final int SECONDS_OF_STARTING = LeavingHandler.SECONDS - 3;

    @ParameterizedTest
    @EnumSource(names = {"JAVA_JAR", "TOMCAT", "UNDERTOW"})
    void nobodyIsBusyWithAPeerThatHasLeft(Container container) throws Exception {
        try (SampleServer server = container.start(
                "leaving",
                Wars.changed("war-leaving", root -> Wars.addServlet(root, "/leaving", LeavingHandler.class)))) {
            List<RawClient> peers = new ArrayList<>();
            for (int i = 0; i < PEERS; i++) {
                RawClient peer = RawClient.open(server.port(), server.path("/leaving"));
                peer.send(RawClient.text("work"), RawClient.text("a"), RawClient.text("b"));
                peers.add(peer);
            }
            TimeUnit.SECONDS.sleep(1); // what has arrived is to be taken from the socket before its end comes
            for (RawClient peer : peers) {
                peer.close();
            }
            Duration used = usedInASecond(server);
            for (int i = 0; i < SECONDS_OF_STARTING && used.compareTo(HostilePeerTests.REST) > 0; i++) {
                used = usedInASecond(server);
            }
            assertTrue(used.compareTo(HostilePeerTests.REST) <= 0, "the server has used " + used + " in a second");
            String expected = "Before its peer left: a b, then the end";
            Await.until("what was sent before", server::log, log -> log.split(expected, -1).length - 1 == PEERS);
        }
    }

    @Test
    @Tag("containers")
    void onTomcat10NobodyIsBusyEither() throws Exception {
        nobodyIsBusyWithAPeerThatHasLeft(Container.TOMCAT_10);
    }

    private static Duration usedInASecond(SampleServer server) throws Exception {
        Duration before = server.process().cpuTime();
        TimeUnit.SECONDS.sleep(1); // the time in which the CPU is watched
        return server.process().cpuTime().minus(before);
    }
}
