package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Consequence;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import io.twintrace.websocket.fixture.Guarded;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The report as a log contains it. */
@Timeout(60)
class ConcurrentWriteReportTest {
    private static final StackTraceElement WRITE = new StackTraceElement("a.Chat", "send", "Chat.java", 10);
    private static final List<StackTraceElement> STACK = List.of(
            new StackTraceElement(null, "java.base", null, "java.lang.Thread", "sleep", "Thread.java", -1),
            WRITE,
            new StackTraceElement("a.Main", "main", "Main.java", 1));
    private static final StackTraceElement TIMER = new StackTraceElement("a.Timer", "tick", "Timer.java", 20);
    private static final StackTraceElement OPEN = new StackTraceElement("a.Chat", "open", "Chat.java", 5);

    @Test
    void overlapIsRenderedWithBothStacks() {
        ConcurrentWriteReport report = report(Kind.OVERLAPPING_CALLS, STACK, List.of());
        assertEquals("""
                Concurrent write to WebSocket connection 7 (/chat): a.Timer.tick(Timer.java:20) on thread "bob" (#2) \
                called writeJson while a.Chat.send(Chat.java:10) on thread "alice" (#1) was in writeMessage. \
                Only one thread at a time may write to a connection: both calls fail, and the connection is closed \
                with 1011. How to fix it: let every thread offer its messages to connection.outbox(); see \
                docs/concurrent-writes.md (in the jar: \
                META-INF/twintrace/concurrent-writes.md)
                The first writer: thread "alice" (#1) in writeMessage, 1970-01-01T00:00:00Z
                     at java.base/java.lang.Thread.sleep(Thread.java)
                  >> at a.Chat.send(Chat.java:10)
                     at a.Main.main(Main.java:1)
                The second writer: thread "bob" (#2) in writeJson, 1970-01-01T00:00:00Z
                  >> at a.Timer.tick(Timer.java:20)
                The usual fix, in every thread that writes:
                    -    connection.writeMessage(text);
                    +    connection.outbox().offer(text);
                """, report.render());
    }

    @Test
    void theCallersOfACommonMethodAreToldApart() {
        StackTraceElement platforms = new StackTraceElement("java.util.ArrayList", "forEach", "ArrayList.java", 1);
        List<StackTraceElement> ticking = List.of(WRITE, platforms, TIMER);
        List<StackTraceElement> answering = List.of(WRITE, OPEN);
        String summary = report(Kind.OVERLAPPING_CALLS, ticking, answering, List.of(), false)
                .summary();
        assertTrue(
                summary.endsWith("a.Chat.send(Chat.java:10), called by a.Chat.open(Chat.java:5), on thread \"bob\" (#2)"
                        + " called writeJson while a.Chat.send(Chat.java:10), called by a.Timer.tick(Timer.java:20), on"
                        + " thread \"alice\" (#1) was in writeMessage"),
                summary);
        String alike = report(Kind.OVERLAPPING_CALLS, answering, answering, List.of(), false)
                .summary();
        assertFalse(alike.contains("called by"), alike);
    }

    @Test
    void openedMessageIsRenderedWithItsOpening() {
        ConcurrentWriteReport report = report(Kind.INTERLEAVED_MESSAGE, STACK, List.of(OPEN));
        assertEquals("""
                Concurrent write to WebSocket connection 7 (/chat): a.Timer.tick(Timer.java:20) on thread "bob" (#2) \
                called writeJson while thread "alice" (#1) had an unfinished message open, opened by \
                a.Chat.open(Chat.java:5). \
                Only one thread at a time may write to a connection: this call and the other thread's next one fail, \
                and the connection is closed with 1011. How to fix it: close the MessageWriter before another thread \
                writes \
                (try-with-resources, under one lock), or build the whole message first and let every thread offer its \
                messages to connection.outbox(); see docs/concurrent-writes.md (in the jar: \
                META-INF/twintrace/concurrent-writes.md)
                The first writer: thread "alice" (#1) in writeMessage, 1970-01-01T00:00:00Z
                     at java.base/java.lang.Thread.sleep(Thread.java)
                  >> at a.Chat.send(Chat.java:10)
                     at a.Main.main(Main.java:1)
                Its message was opened here
                  >> at a.Chat.open(Chat.java:5)
                The second writer: thread "bob" (#2) in writeJson, 1970-01-01T00:00:00Z
                  >> at a.Timer.tick(Timer.java:20)
                The usual fix, in every thread that writes:
                    -    connection.writeMessage(text);
                    +    connection.outbox().offer(text);
                """, report.render());
    }

    @Test
    void throwableOfTheSecondWriterHasTheFirstAsItsCause() {
        ConcurrentWriteReport report = report(Kind.INTERLEAVED_MESSAGE, List.of(WRITE), List.of(OPEN));
        Throwable second = report.asThrowable();
        Throwable first = second.getCause();
        Throwable opening = first.getCause();
        assertEquals(
                "the second writer: a.Timer.tick(Timer.java:20) on thread \"bob\" (#2) in writeJson",
                second.getMessage());
        assertEquals("[\"bob\" (#2)//a.Timer.tick(Timer.java:20)]", Arrays.toString(second.getStackTrace()));
        assertEquals(
                "the first writer: a.Chat.send(Chat.java:10) on thread \"alice\" (#1) in writeMessage",
                first.getMessage());
        assertEquals("[\"alice\" (#1)//a.Chat.send(Chat.java:10)]", Arrays.toString(first.getStackTrace()));
        assertEquals("the first writer opened its message here", opening.getMessage());
        assertEquals(
                "[\"alice\" (#1), when it opened//a.Chat.open(Chat.java:5)]", Arrays.toString(opening.getStackTrace()));
        assertNull(opening.getCause());
    }

    /** Printing a cause leaves out the frames that it shares with its effect. */
    @Test
    void whereTwoThreadsRunTheSameCodeBothStacksAreShownWhole() {
        ConcurrentWriteReport report = new ConcurrentWriteReport(
                new ConnectionId(7, "/chat"),
                Instant.EPOCH,
                Kind.OVERLAPPING_CALLS,
                DetectorLevel.MESSAGES,
                "",
                "",
                new Writer("\"alice\" (#1)", "writeMessage", Instant.EPOCH, STACK),
                new Writer("\"bob\" (#2)", "writeMessage", Instant.EPOCH, STACK),
                List.of(),
                Consequence.CONNECTION_CLOSED,
                false);
        StringWriter text = new StringWriter();
        report.asThrowable().printStackTrace(new PrintWriter(text));
        assertEquals(2, text.toString().split("at a\\.Chat\\.send\\(Chat\\.java:10\\)", -1).length - 1, text::toString);
        assertFalse(text.toString().contains(" more"), text::toString);
    }

    @Test
    void throwableOfAnOverlapHasNoOpening() {
        ConcurrentWriteReport report = report(Kind.OVERLAPPING_CALLS, List.of(WRITE), List.of());
        assertNull(report.asThrowable().getCause().getCause());
        assertTrue(report.render().startsWith(report.logMessage() + "\n"));
    }

    /** The text consists of the names and of fixed words: without the names, only fixed words are left. */
    @Test
    void messagesHoldNothingButNames() throws Exception {
        Guarded connection = new Guarded(DetectorLevel.MESSAGES);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        try (Actor alice = new Actor("alice");
                Actor bob = new Actor("bob")) {
            alice.start(() -> connection.writeMessage(() -> {
                inside.countDown();
                Actor.await(mayLeave);
                throw new IOException("s3cr3t"); // an exception of the transport may quote anything
            }));
            Actor.await(inside);
            ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
            mayLeave.countDown();
            ConcurrentWriteException alices = alice.failed();
            ConcurrentWriteException later = bob.failsWhen(connection::setWriteDeadline);
            for (ConcurrentWriteException e : List.of(alices, bobs, later)) {
                String names = "(7 \\(/chat\\)|" + Pattern.quote(alice.name()) + '|' + Pattern.quote(bob.name()) + ')';
                assertFalse(e.getMessage().replaceAll(names, "").matches(".*[#\"{}].*"), e.getMessage());
                assertFalse((e.getMessage() + e.report() + e.report().render()).contains("s3cr3t"));
            }
        }
    }

    @Test
    void aMessageThatHasArrivedMeanwhileIsMentioned() {
        ConcurrentWriteReport report = report(Kind.OVERLAPPING_CALLS, STACK, List.of(), true);
        String message = report.logMessage();
        assertTrue(
                message.contains("closed with 1011. A message has arrived from the peer since the first call began. The"
                        + " peer can answer a message before the call that wrote it returns, so a thread that"
                        + " reacts to the answer can overlap with that call. How to fix it: "),
                message);
    }

    private static ConcurrentWriteReport report(
            Kind kind, List<StackTraceElement> first, List<StackTraceElement> openedAt) {
        return report(kind, first, openedAt, false);
    }

    private static ConcurrentWriteReport report(
            Kind kind, List<StackTraceElement> first, List<StackTraceElement> openedAt, boolean messageArrived) {
        return report(kind, first, List.of(TIMER), openedAt, messageArrived);
    }

    private static ConcurrentWriteReport report(
            Kind kind,
            List<StackTraceElement> first,
            List<StackTraceElement> second,
            List<StackTraceElement> openedAt,
            boolean messageArrived) {
        return new ConcurrentWriteReport(
                new ConnectionId(7, "/chat"),
                Instant.EPOCH,
                kind,
                DetectorLevel.MESSAGES,
                "guarded by a lock",
                "which it did not hold",
                new Writer("\"alice\" (#1)", "writeMessage", Instant.EPOCH, first),
                new Writer("\"bob\" (#2)", "writeJson", Instant.EPOCH, second),
                openedAt,
                Consequence.CONNECTION_CLOSED,
                messageArrived);
    }
}
