package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Deadlines hold on every route of the socket: for a peer that never sends, one that never reads, and one that dawdles.
 */
class DeadlinesIT {
    private static final int MESSAGE = 64 * 1024;

    @ParameterizedTest
    @EnumSource(names = {"JETTY_HOME", "TOMCAT"})
    @Execution(ExecutionMode.CONCURRENT) // since it mostly waits
    void peersThatDoNothingOrTooLittleAreLetGo(Container container) throws Exception {
        try (SampleServer server = container.start("deadlines", warInAHurry())) {
            for (SampleServer face : List.of(server, server.push())) {
                aPeerThatNeverSendsIsClosedWith1001(face);
                aPeerThatSendsAFrameByteByByteIsClosedWith1001(face);
                aPeerThatNeverReadsIsCutOff(face);
            }
            Await.until(
                    "a second in which the server is busy with nobody",
                    () -> cpuMillisOfASecond(server),
                    used -> used <= 300);
        }
    }

    private static long cpuMillisOfASecond(SampleServer server) throws Exception {
        Duration before = server.process().cpuTime();
        TimeUnit.SECONDS.sleep(1); // the time in which the CPU is watched
        return server.process().cpuTime().minus(before).toMillis();
    }

    private static void aPeerThatNeverSendsIsClosedWith1001(SampleServer server) throws Exception {
        try (RawClient client = open(server)) {
            assertEquals(1001, client.read().closeCode());
            client.awaitEnd();
        }
    }

    private static void aPeerThatSendsAFrameByteByByteIsClosedWith1001(SampleServer server) throws Exception {
        try (RawClient client = open(server)) {
            client.send(RawClient.frameHead(RawClient.BINARY, 100_000));
            Thread dawdler = new Thread(() -> dawdle(client), "dawdler");
            dawdler.setDaemon(true);
            dawdler.start();
            assertEquals(1001, client.read().closeCode());
            client.awaitEnd();
        }
    }

    /** A byte every few milliseconds, until the connection is gone. */
    private static void dawdle(RawClient client) {
        try {
            for (int i = 0; i < 10_000; i++) {
                client.send(new byte[1]);
                LockSupport.parkNanos(20_000_000);
            }
        } catch (IOException e) {
            // The server has closed the connection, as it should.
        }
    }

    private static void aPeerThatNeverReadsIsCutOff(SampleServer server) throws Exception {
        int before = timeouts(server);
        try (RawClient client =
                RawClient.open(server.port(), server.path("/echo/deflate"))) { // not idle if the flood is slow
            Flood flood = Flood.begin(client, MESSAGE, 100_000);
            Await.until("the flood to be cut off", flood::isRunning, running -> !running);
            Await.until("the log to say why", () -> timeouts(server), timeouts -> timeouts > before);
        }
    }

    private static int timeouts(SampleServer server) throws Exception {
        return server.log().split("timed out waiting for the peer to read", -1).length;
    }

    private static RawClient open(SampleServer server) throws IOException {
        return RawClient.open(server.port(), server.path("/echo"));
    }

    private static Path warInAHurry() throws IOException {
        String limit = "<param-value>64MiB</param-value>\n    </init-param>";
        return Wars.changed("war-hurry", root -> {
            Path webXml = root.resolve("WEB-INF/web.xml");
            String text = Files.readString(webXml);
            assertEquals(5, text.split(Pattern.quote(limit), -1).length, "web.xml has changed"); // four echo servlets
            String hurry = limit + param("write-timeout") + param("close-timeout");
            String end = "\n    <load-on-startup>"; // of the servlets without compression
            String changed = text.replace(limit, hurry).replace(hurry + end, hurry + param("idle-timeout") + end);
            assertEquals(3, changed.split("idle-timeout", -1).length, "web.xml has changed");
            Files.writeString(webXml, changed);
        });
    }

    private static String param(String name) {
        return "<init-param><param-name>" + name + "</param-name><param-value>1s</param-value></init-param>";
    }
}
