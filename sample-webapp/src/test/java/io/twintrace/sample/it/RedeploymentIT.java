package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application that is deployed again and again leaves nothing behind but its latest self. */
@Tag("containers")
class RedeploymentIT {
    private static final int TIMES = 20;

    /** A line for each class loader that has this class. */
    private static final Pattern LIBRARY = Pattern.compile("\\bio\\.twintrace\\.websocket\\.servlet\\.UpgradeServlet$");

    /** A line for each thread of the library or the application, but for the timer of the application that is there. */
    private static final Pattern THREAD = Pattern.compile("^\"(websocket-(?!timer)|race-writer)");

    private static final Pattern TIMER = Pattern.compile("^\"websocket-timer");

    @ParameterizedTest
    @EnumSource
    void afterTwentyRedeploymentsOneClassLoaderIsLeftAndNoThread(Redeployment container) throws Exception {
        try (SampleServer server = container.start()) {
            for (int i = 0; i < TIMES; i++) {
                conflict(server);
                try (RawClient handled = RawClient.open(server.port(), server.path("/echo"));
                        RawClient heard = RawClient.open(server.port(), server.path("/echo/push/deflate"));
                        RawClient inOutbox = RawClient.open(server.port(), server.path("/broadcast"))) {
                    List<FutureTask<Integer>> told = new ArrayList<>();
                    for (RawClient client : List.of(handled, heard, inOutbox)) {
                        client.send(RawClient.text("message"));
                        assertEquals("message", client.read().text());
                        told.add(answerClose(client));
                    }
                    container.redeploy(server);
                    for (FutureTask<Integer> each : told) {
                        assertEquals(1001, each.get(10, TimeUnit.SECONDS));
                    }
                }
            }
            conflict(server); // in the last one, whose classes have to be there
            int idleWorkers = container.keepers().isEmpty()
                    ? 0
                    : lines(server, Pattern.compile(container.keepers().get()), "Thread.print")
                            .size();
            Await.until(
                    "one class loader",
                    Duration.ofSeconds(30),
                    () -> loaders(server),
                    count -> count >= 1 && count <= 1 + idleWorkers);
            Await.until(
                    "no thread", Duration.ofSeconds(30), () -> lines(server, THREAD, "Thread.print"), List::isEmpty);
            assertTrue(lines(server, TIMER, "Thread.print").size() <= 1, "timers of earlier ones run on");
            assertFalse(server.log().contains("memory leak"), server.log()); // as Tomcat says
        }
    }

    private static void conflict(SampleServer server) throws Exception {
        try (RawClient client = RawClient.open(server.port(), server.path("/race"))) {
            client.send(RawClient.text("go"));
            assertEquals(1011, client.readToClose());
            client.send(RawClient.close(1011));
            client.awaitEnd();
        }
    }

    /** Reads on a thread of its own, since the server waits for the answer while it redeploys. */
    private static FutureTask<Integer> answerClose(RawClient client) {
        FutureTask<Integer> told = new FutureTask<>(() -> {
            int code = client.readToClose();
            client.send(RawClient.close(code));
            return code;
        });
        Thread thread = new Thread(told, "answer-close");
        thread.setDaemon(true);
        thread.start();
        return told;
    }

    private static int loaders(SampleServer server) throws Exception {
        server.process().jcmd("GC.run");
        return lines(server, LIBRARY, "VM.classloaders", "show-classes").size();
    }

    private static List<String> lines(SampleServer server, Pattern pattern, String... command) throws Exception {
        return server.process()
                .jcmd(command)
                .lines()
                .filter(line -> pattern.matcher(line).find())
                .toList();
    }
}
