package io.twintrace.websocket.jetty;

import io.twintrace.websocket.testkit.Await;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** The target of {@code ServletContext.log} in these tests. */
public final class CapturedLog extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    private final transient StringWriter lines = new StringWriter(); // safe for any thread

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object[] arguments, Throwable throwable) {
        PrintWriter out = new PrintWriter(lines);
        out.println(MessageFormatter.basicArrayFormat(pattern, arguments));
        if (throwable != null) {
            throwable.printStackTrace(out);
        }
        out.flush();
    }

    public String text() {
        return lines.toString();
    }

    /** Waits until the log contains the text. */
    void await(String text) throws Exception {
        Await.until("\"" + text + "\" in the log", this::text, log -> log.contains(text));
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public boolean isInfoEnabled() {
        return true;
    }

    @Override
    public boolean isWarnEnabled() {
        return true;
    }

    @Override
    public boolean isErrorEnabled() {
        return true;
    }
}
