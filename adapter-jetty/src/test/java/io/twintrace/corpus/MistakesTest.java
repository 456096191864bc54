package io.twintrace.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.WideWindow;
import io.twintrace.websocket.testkit.Await;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real mistakes: the log names both sides, and the fixed application raises no report. */
class MistakesTest {
    private static final int WRITES_OF_THE_REPAIRED = 100_000;
    private static final int WRITES_A_TRY = 1_000;
    private static final int MAX_TRIES = 100;

    private final Queue<ConcurrentWriteReport> reports = new ConcurrentLinkedQueue<>();
    private final ConcurrentWriteListener listener = reports::add;

    static List<Mistake> mistakes() {
        return Corpus.mistakes();
    }

    @BeforeEach
    void listen() {
        ConcurrentWrites.addListener(listener);
    }

    @AfterEach
    void stopListening() {
        ConcurrentWrites.removeListener(listener);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void bothExceptionsAndTheLogNameTheTwoMethodsAtFault(Mistake mistake) throws Exception {
        Failures failures = new Failures();
        String log;
        try (WideWindow window = WideWindow.open(Duration.ofMillis(1));
                Site site = Site.running(mistake.mistaken(failures))) {
            assertNotNull(window);
            long before = ConcurrentWrites.detected();
            for (int tries = 0; ConcurrentWrites.detected() == before && tries < MAX_TRIES; tries++) {
                site.use(WRITES_A_TRY);
            }
            Await.until("one connection to have had a conflict", reports::size, size -> size > 0);
            assertEquals(1, reports.size(), "one connection had a conflict");
            Await.until("both sides to have failed", () -> sides(failures), sides -> sides.size() == 2);
            log = site.log();
        }
        ConcurrentWriteReport report = reports.element();
        assertEquals(mistake.atFault(), Set.of(method(report.first()), method(report.second())), report::render);
        for (String method : mistake.atFault()) {
            assertTrue(log.contains(method + "("), () -> method + " is not in the log: " + log);
            assertTrue(report.summary().contains(method + "("), report.summary());
        }
        assertEquals(mistake.atFault(), sides(failures));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void theRepairedApplicationIsSilentOverAHundredThousandWrites(Mistake mistake) throws Exception {
        Failures failures = new Failures();
        try (Site site = Site.running(mistake.repaired(failures))) {
            assertTrue(site.use(WRITES_OF_THE_REPAIRED) >= WRITES_OF_THE_REPAIRED);
            assertEquals("", site.log());
        }
        assertEquals(List.of(), List.copyOf(reports));
        assertEquals(List.of(), failures.all());
    }

    /** The colliding methods that got an exception, each with the other's stack as its cause. */
    private static Set<String> sides(Failures failures) {
        Set<String> sides = new HashSet<>();
        for (Throwable failure : failures.all()) {
            if (failure.getCause() instanceof ConcurrentWriteException.WriterTrace) {
                sides.add(method(new Writer("", "", null, List.of(failure.getStackTrace()))));
            }
        }
        return sides;
    }

    private static String method(Writer writer) {
        return writer.applicationFrame()
                .map(frame -> frame.getClassName().replaceFirst(".*\\.", "") + '.' + frame.getMethodName())
                .orElseGet(() -> "no application in "
                        + writer.stack().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
}
