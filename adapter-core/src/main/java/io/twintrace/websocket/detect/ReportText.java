package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Consequence;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.util.List;

/** Formats a report as text. Names the application's own methods first, because you have to change those. */
final class ReportText {
    private static final String MARK = "  >> at ";
    private static final String NO_MARK = "     at ";

    private static final String NO_FRAME =
            " (its stack has no application frame, for example because an executor runs a method reference)";

    private static final String FIX = """
            The usual fix, in every thread that writes:
                -    connection.writeMessage(text);
                +    connection.outbox().offer(text);
            """;

    private static final String REMEDY_ELSEWHERE =
            "let one thread at a time send, by one lock for each session around whole messages, or by a queue that one"
                    + " thread empties (in Spring: ConcurrentWebSocketSessionDecorator)";

    private static final String REMEDY_OF_INCOMPLETE =
            "begin a send when the one before is complete, which its SendHandler or Future tells, or let one thread send"
                    + " with getBasicRemote() what all others put into a queue";

    private static final String ARRIVED = "A message has arrived from the peer since the first call began. The peer can"
            + " answer a message before the call that wrote it returns, so a thread that reacts to the answer can"
            + " overlap with that call. ";

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

    static String logMessage(ConcurrentWriteReport report) {
        return summary(report) + ". " + rule(report) + ": " + consequence(report) + ". "
                + (report.messageArrived() ? ARRIVED : "") + "How to fix it: "
                + (isOtherEngines(report)
                        ? remedyElsewhere(report) + "; see " + ConcurrentWriteException.HELP_ELSEWHERE
                        : remedy(report) + "; see " + ConcurrentWriteException.HELP);
    }

    private static String rule(ConcurrentWriteReport report) {
        if (report.kind() == Kind.INCOMPLETE_SEND) {
            return "A send must be complete before the next one begins";
        }
        return report.kind() == Kind.INTERLEAVED_MESSAGE && isOtherEngines(report)
                ? "A message in parts must end before another one begins" // while its engine may queue whole ones
                : "Only one thread at a time may write to a connection";
    }

    private static String remedyElsewhere(ConcurrentWriteReport report) {
        return report.kind() == Kind.INCOMPLETE_SEND ? REMEDY_OF_INCOMPLETE : REMEDY_ELSEWHERE;
    }

    private static boolean isOtherEngines(ConcurrentWriteReport report) {
        return report.consequence() != Consequence.CONNECTION_CLOSED;
    }

    private static String consequence(ConcurrentWriteReport report) {
        return switch (report.consequence()) {
            case CONNECTION_CLOSED -> whoFails(report) + ", and the connection is closed with 1011";
            case CALLS_FAIL -> whoFails(report) + (isOneThread(report) ? "" : ", and so does every later one");
            case ONLY_REPORTED ->
                "this is only reported, once for each connection, and the WebSocket engine does what it always does";
        };
    }

    private static String whoFails(ConcurrentWriteReport report) {
        if (report.kind() == Kind.OVERLAPPING_CALLS) {
            return "both calls fail";
        }
        if (isNobody(report.first())) {
            return "this call fails";
        }
        if (report.kind() == Kind.BROKEN_DISCIPLINE && isOffer(report.first())) {
            return "this call fails, and the outbox sends nothing more";
        }
        return isOneThread(report)
                ? "this call fails, and so does every later one"
                : "this call and the other thread's next one fail";
    }

    private static boolean isNobody(Writer writer) {
        return writer.operation().isEmpty();
    }

    /** True, for example, for a thread that writes first with the lock and then without it. */
    private static boolean isOneThread(ConcurrentWriteReport report) {
        return KnownThread.isSame(report.first().thread(), report.second().thread());
    }

    private static String remedy(ConcurrentWriteReport report) {
        if (isAboutSetting(report)) {
            return "change settings before other threads write and before the first offer to the outbox, for example"
                    + " at the start of the handler or in onOpen"
                    + (report.kind() == Kind.BROKEN_DISCIPLINE ? ", or keep to the discipline for settings too" : "");
        }
        return switch (report.kind()) {
            case OVERLAPPING_CALLS -> "let every thread offer its messages to connection.outbox()";
            case INTERLEAVED_MESSAGE ->
                "close the MessageWriter before another thread writes (try-with-resources, under one lock), or build"
                        + " the whole message first and let every thread offer its messages to connection.outbox()";
            case INCOMPLETE_SEND -> REMEDY_OF_INCOMPLETE;
            case BROKEN_DISCIPLINE ->
                "keep to the discipline, or let every thread offer its messages to connection.outbox()";
        };
    }

    private static boolean isAboutSetting(ConcurrentWriteReport report) {
        return Operation.isSetting(report.second().operation())
                || (report.kind() == Kind.OVERLAPPING_CALLS
                        && Operation.isSetting(report.first().operation()));
    }

    static String summary(ConcurrentWriteReport report) {
        Writer first = report.first();
        Writer second = report.second();
        String called = "Concurrent write to WebSocket connection " + report.connection() + ": " + who(second, first)
                + " called " + second.operation();
        return switch (report.kind()) {
            case OVERLAPPING_CALLS ->
                called + " while " + who(first, second) + " was in " + first.operation() + nesting(first);
            case INTERLEAVED_MESSAGE ->
                called + " while thread " + first.thread() + (first.ended() ? ", which has ended," : "")
                        + " had an unfinished message open" + openingOrPlace(report);
            case INCOMPLETE_SEND ->
                called + " before " + first.operation() + " was complete, which "
                        + (isOneThread(report) ? "the same thread" + place(first) : who(first, second)) + " had begun";
            case BROKEN_DISCIPLINE ->
                called + ", but writes to this connection are declared to be " + report.discipline() + ", "
                        + report.breach() + ". " + keeper(report);
        };
    }

    private static String who(Writer writer) {
        return who(writer, null);
    }

    /** Starts with the application's method, if there is one, and tells the callers of a common one apart. */
    private static String who(Writer writer, Writer other) {
        String thread = "thread " + writer.thread();
        return writer.applicationFrame()
                .map(frame -> StackTraces.place(frame) + caller(writer, other) + " on " + thread)
                .orElse(writer.stack().isEmpty() ? thread : thread + NO_FRAME);
    }

    private static String caller(Writer writer, Writer other) {
        return other == null
                ? ""
                : StackTraces.firstDifference(writer.stack(), other.stack())
                        .map(frame -> ", called by " + StackTraces.place(frame) + ",")
                        .orElse("");
    }

    private static String place(Writer writer) {
        return writer.applicationFrame()
                .map(frame -> " at " + StackTraces.place(frame))
                .orElse("");
    }

    /** For a stack that is inside the operation twice, because a serializer of the application writes too. */
    private static String nesting(Writer writer) {
        return StackTraces.outerCaller(writer.operation(), writer.stack())
                .map(frame -> " (inside another " + writer.operation() + ", called by " + StackTraces.place(frame)
                        + "; one of the two is on another connection)")
                .orElse("");
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
                        + "; detector level TRACED shows where it opened the message)")
                .orElse(" (detector level TRACED shows where it opened the message)");
    }

    private static String keeper(ConcurrentWriteReport report) {
        Writer first = report.first();
        if (isOffer(first)) {
            return "The first offer to the outbox was made by " + who(first) + " at " + first.time();
        }
        if (isNobody(first)) {
            return "No thread has written since the discipline was declared";
        }
        return "The last writer that kept to it was " + (isOneThread(report) ? "the same thread" : who(first)) + " in "
                + first.operation() + " at " + first.time();
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
        if (!isAboutSetting(report) && !isOtherEngines(report)) {
            text.append(FIX);
        }
        return text.toString();
    }

    /** Returns the line above one of the two stacks. */
    static String trace(String role, Kind kind, Writer writer) {
        if (isNobody(writer)) {
            return role + ": " + writer.thread();
        }
        String line = role + ": " + who(writer) + " in " + writer.operation();
        return writer.stack().isEmpty() ? line + " (no stack: " + whyNoStack(kind, writer) + ")" : line;
    }

    static String whyNoStack(Kind kind, Writer writer) {
        if (isNobody(writer)) {
            return "no thread has written since the discipline was declared";
        }
        if (kind == Kind.BROKEN_DISCIPLINE) {
            return "only detector level TRACED keeps it";
        }
        return writer.ended() ? "the thread has ended" : "it could not be taken";
    }

    private static void append(StringBuilder text, String title, Writer writer, String whyNoStack) {
        text.append(title).append(": ");
        if (isNobody(writer)) {
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
