package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.Slow;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/** Many threads write while one is inside a write: all after the second one learn of the conflict before them. */
class LaterWritersTest {
    private static final int WRITERS = 6;
    private static final int ROUNDS = 200;

    // Methods of the "application", for the tests to find in stack traces.

    private static void writeFirst(WebSocketConnection connection, Slow slow) throws IOException {
        connection.writeJson(slow);
    }

    private static void tick(WebSocketConnection connection) throws IOException {
        connection.writeMessage("tick");
    }

    private static boolean names(List<StackTraceElement> stack, String method) {
        return stack.stream().anyMatch(frame -> frame.getMethodName().equals(method));
    }

    private static void writeFromManyThreadsInto(Slow first, WebSocketConnection connection) throws Exception {
        first.begun.await();
        CyclicBarrier together = new CyclicBarrier(WRITERS);
        List<Background<Void>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(Background.run("ticker-" + i, () -> {
                together.await();
                tick(connection);
            }));
        }
        List<ConcurrentWriteException> failures = new ArrayList<>();
        for (Background<Void> writer : writers) {
            failures.add(writer.failure(ConcurrentWriteException.class));
        }
        first.mayEnd.countDown();
        int seconds = 0;
        for (int i = 0; i < WRITERS; i++) {
            if (failures.get(i).getMessage().contains("because of an earlier concurrent write")) {
                assertToldOfTheConflict(failures.get(i), "ticker-" + i);
            } else {
                seconds++;
            }
        }
        assertEquals(1, seconds, "one is the second writer");
    }

    private static void assertToldOfTheConflict(ConcurrentWriteException later, String thread) {
        ConcurrentWriteException conflict = assertInstanceOf(ConcurrentWriteException.class, later.getCause());
        Writer first = conflict.report().first();
        Writer second = conflict.report().second();
        assertTrue(first.thread().contains("first-writer"), first::thread);
        assertTrue(names(first.stack(), "writeFirst"), () -> conflict.report().render());
        assertTrue(second.thread().contains("ticker-"), second::thread);
        assertFalse(second.thread().contains(thread), second::thread);
        assertTrue(names(second.stack(), "tick"), () -> conflict.report().render());
        List<StackTraceElement> own = List.of(conflict.getStackTrace());
        List<StackTraceElement> others = List.of(conflict.getCause().getStackTrace());
        assertTrue(
                names(own, "tick") ? names(others, "writeFirst") : names(own, "writeFirst") && names(others, "tick"));
    }

    @Test
    void theyAreToldOfTheConflictBeforeThemInAHandler() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (TestPeer peer = TestPeer.connect()) {
                Slow slow = new Slow();
                Background<Void> first = Background.run("first-writer", () -> writeFirst(peer.connection(), slow));
                writeFromManyThreadsInto(slow, peer.connection());
                first.failure(ConcurrentWriteException.class);
                assertEquals(1, peer.logged().size());
                peer.connection().abort();
            }
        }
    }

    @Test
    void andInAListener() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Slow slow = new Slow();
            RecordingListener listener = new RecordingListener() {
                @Override
                public void onText(WebSocketConnection connection, String text) throws Exception {
                    writeFirst(connection, slow);
                }
            };
            try (ListeningPeer peer = ListeningPeer.connect(listener)) {
                Background<Void> call = Background.run("first-writer", () -> peer.send(Frames.text("a")));
                writeFromManyThreadsInto(slow, peer.connection());
                call.result();
                assertInstanceOf(ConcurrentWriteException.class, peer.errors().get(0));
                assertEquals(1, peer.conflicts().size());
            }
        }
    }
}
