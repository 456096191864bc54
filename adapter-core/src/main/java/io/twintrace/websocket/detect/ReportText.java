package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.util.List;

/** A report in words. The application's own methods come first, since they are what has to be changed. */
final class ReportText {
    private static final String MARK = "  >> at ";
    private static final String NO_MARK = "     at ";

    private static final String REPAIR = """
            The usual repair, in every thread that writes:
                -    connection.writeMessage(text);
                +    connection.outbox().offer(text);
            """;

    private ReportText() {}

    static String firstRole(Kind kind, Writer first) {
        if (kind != Kind.BROKEN_DISCIPLINE) {
            return "the first writer";
        }
        return isOffer(first) ? "the first offer to the outbox" : "the last writer that kept the discipline";
    }

    private static boolean isOffer(Writer writer) {
        return writer.operation().equals(Operation.FIRST_OFFER.methodName());
    }

    static String secondRole(Kind kind) {
        return kind == Kind.BROKEN_DISCIPLINE ? "the writer that broke the discipline" : "the second writer";
    }

    /** What becomes of the two. */
    static String consequence(Kind kind) {
        return "Only one thread at a time may write to a connection: "
                + (kind == Kind.OVERLAPPING_CALLS
                        ? "both calls fail"
                        : "this call and the other thread's next one fail")
                + ", and the peer is closed with 1011.";
    }

    static String remedy(Kind kind) {
        return switch (kind) {
            case OVERLAPPING_CALLS -> "let every thread offer its messages to connection.outbox()";
            case INTERLEAVED_MESSAGE ->
                "close the MessageWriter before another thread may write (try-with-resources, under one lock), or build"
                        + " the message whole and let every thread offer to connection.outbox()";
            case BROKEN_DISCIPLINE ->
                "keep to the discipline, or let every thread offer its messages to connection.outbox()";
        };
    }

    static String summary(ConcurrentWriteReport report) {
        Writer first = report.first();
        Writer second = report.second();
        String called = "Concurrent write to WebSocket connection " + report.connection() + ": " + who(second)
                + " called " + second.operation();
        return switch (report.kind()) {
            case OVERLAPPING_CALLS -> called + " while " + who(first) + " was in " + first.operation();
            case INTERLEAVED_MESSAGE ->
                called + " while thread " + first.thread() + " had an unfinished message open" + openingOrPlace(report);
            case BROKEN_DISCIPLINE ->
                called + ", but writes to this connection are declared to be " + report.discipline() + ", "
                        + report.breach() + ". " + keeper(first);
        };
    }

    /** With the application's method in front, where there is one. */
    private static String who(Writer writer) {
        String thread = "thread " + writer.thread();
        return writer.applicationFrame()
                .map(frame -> StackTraces.place(frame) + " on " + thread)
                .orElse(thread);
    }

    private static String openingOrPlace(ConcurrentWriteReport report) {
        if (!report.openedAt().isEmpty()) {
            return StackTraces.applicationFrame(report.openedAt())
                    .map(frame -> ", opened by " + StackTraces.place(frame))
                    .orElse("");
        }
        return report.first()
                .applicationFrame()
                .map(frame -> " (it is now at " + StackTraces.place(frame)
                        + "; detector level TRACED tells where it opened the message)")
                .orElse(" (detector level TRACED tells where it opened the message)");
    }

    private static String keeper(Writer first) {
        if (isOffer(first)) {
            return "The first offer to it was made by " + who(first) + " at " + first.time();
        }
        return first.operation().isEmpty()
                ? "Nobody has written since that was declared"
                : "The last that kept to it was " + who(first) + " in " + first.operation() + " at " + first.time();
    }

    static String render(ConcurrentWriteReport report) {
        Kind kind = report.kind();
        StringBuilder text = new StringBuilder(4096);
        text.append(report.logMessage()).append('\n');
        append(text, capital(firstRole(kind, report.first())), report.first(), whyNoStack(kind, report.first()));
        if (!report.openedAt().isEmpty()) {
            text.append("Its message was opened here\n");
            append(text, report.openedAt());
        }
        append(text, capital(secondRole(kind)), report.second(), whyNoStack(kind, report.second()));
        text.append(REPAIR);
        return text.toString();
    }

    /** The line over one of the two stacks. */
    static String trace(String role, Kind kind, Writer writer) {
        if (writer.operation().isEmpty()) {
            return role + ": " + writer.thread();
        }
        String line = role + ": " + who(writer) + " in " + writer.operation();
        return writer.stack().isEmpty() ? line + " (no stack: " + whyNoStack(kind, writer) + ")" : line;
    }

    static String whyNoStack(Kind kind, Writer writer) {
        if (writer.operation().isEmpty()) {
            return "nobody has written since the discipline was declared";
        }
        return kind == Kind.BROKEN_DISCIPLINE ? "detector level TRACED keeps it" : "the thread has ended";
    }

    private static void append(StringBuilder text, String title, Writer writer, String whyNoStack) {
        text.append(title).append(": ");
        if (writer.operation().isEmpty()) {
            text.append(writer.thread());
        } else {
            text.append("thread ").append(writer.thread()).append(" in ").append(writer.operation());
            text.append(", ").append(writer.time());
        }
        text.append('\n');
        if (writer.stack().isEmpty()) {
            text.append("     (no stack: ").append(whyNoStack).append(")\n");
        }
        append(text, writer.stack());
    }

    private static void append(StringBuilder text, List<StackTraceElement> stack) {
        int marked = StackTraces.applicationFrame(stack).map(stack::indexOf).orElse(-1);
        for (int i = 0; i < stack.size(); i++) {
            text.append(i == marked ? MARK : NO_MARK).append(stack.get(i)).append('\n');
        }
    }

    private static String capital(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
