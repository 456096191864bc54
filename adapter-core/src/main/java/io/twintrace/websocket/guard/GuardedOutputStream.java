package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.guard.SessionGuard.Visit;
import java.io.IOException;
import java.io.OutputStream;

/** Binary data in pieces, each of which enters the guard. It is open until it is closed. */
final class GuardedOutputStream extends OutputStream {
    private final OutputStream target;
    private final SessionGuard guard;

    /** A second close does nothing in any engine, so it is no write. */
    private volatile boolean closed;

    GuardedOutputStream(OutputStream target, SessionGuard guard) {
        this.target = target;
        this.guard = guard;
    }

    @Override
    public void write(int one) throws IOException {
        Visit visit = guard.enter(Operation.STREAM_WRITE);
        try {
            target.write(one);
        } catch (Throwable t) {
            visit.wrote(Operation.STREAM_WRITE, t);
            throw t;
        }
        visit.wrote(Operation.STREAM_WRITE, null);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Visit visit = guard.enter(Operation.STREAM_WRITE);
        try {
            target.write(bytes, offset, length);
        } catch (Throwable t) {
            visit.wrote(Operation.STREAM_WRITE, t);
            throw t;
        }
        visit.wrote(Operation.STREAM_WRITE, null);
    }

    @Override
    public void flush() throws IOException {
        Visit visit = guard.enter(Operation.STREAM_FLUSH);
        try {
            target.flush();
        } catch (Throwable t) {
            visit.wrote(Operation.STREAM_FLUSH, t);
            throw t;
        }
        visit.wrote(Operation.STREAM_FLUSH, null);
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            target.close();
            return;
        }
        closed = true;
        Visit visit = guard.enter(Operation.STREAM_CLOSE);
        try {
            target.close();
        } catch (Throwable t) {
            visit.sent(Operation.STREAM_CLOSE, t);
            throw t;
        }
        visit.sent(Operation.STREAM_CLOSE, null);
    }
}
