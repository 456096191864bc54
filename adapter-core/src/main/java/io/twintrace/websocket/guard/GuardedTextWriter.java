package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.guard.SessionGuard.Visit;
import java.io.IOException;
import java.io.Writer;

/** A text in pieces, each of which enters the guard. It is open until it is closed. */
final class GuardedTextWriter extends Writer {
    private final Writer target;
    private final SessionGuard guard;

    /** A second close does nothing in any engine, so it is no write. */
    private volatile boolean closed;

    GuardedTextWriter(Writer target, SessionGuard guard) {
        this.target = target;
        this.guard = guard;
    }

    @Override
    public void write(char[] characters, int offset, int length) throws IOException {
        Visit visit = guard.enter(Operation.TEXT_WRITE);
        try {
            target.write(characters, offset, length);
        } catch (Throwable t) {
            visit.wrote(Operation.TEXT_WRITE, t);
            throw t;
        }
        visit.wrote(Operation.TEXT_WRITE, null);
    }

    // Without these two, Writer's own methods would take its lock before the guard is entered, and hide the overlap.

    @Override
    public void write(int character) throws IOException {
        Visit visit = guard.enter(Operation.TEXT_WRITE);
        try {
            target.write(character);
        } catch (Throwable t) {
            visit.wrote(Operation.TEXT_WRITE, t);
            throw t;
        }
        visit.wrote(Operation.TEXT_WRITE, null);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        Visit visit = guard.enter(Operation.TEXT_WRITE);
        try {
            target.write(text, offset, length);
        } catch (Throwable t) {
            visit.wrote(Operation.TEXT_WRITE, t);
            throw t;
        }
        visit.wrote(Operation.TEXT_WRITE, null);
    }

    @Override
    public void flush() throws IOException {
        Visit visit = guard.enter(Operation.TEXT_FLUSH);
        try {
            target.flush();
        } catch (Throwable t) {
            visit.wrote(Operation.TEXT_FLUSH, t);
            throw t;
        }
        visit.wrote(Operation.TEXT_FLUSH, null);
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            target.close();
            return;
        }
        closed = true;
        Visit visit = guard.enter(Operation.TEXT_CLOSE);
        try {
            target.close();
        } catch (Throwable t) {
            visit.sent(Operation.TEXT_CLOSE, t);
            throw t;
        }
        visit.sent(Operation.TEXT_CLOSE, null);
    }
}
