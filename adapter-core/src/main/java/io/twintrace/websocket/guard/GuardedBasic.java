package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.guard.SessionGuard.Visit;
import jakarta.websocket.EncodeException;
import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;

/** Sends through another engine's endpoint. Each method that sends data enters the guard. */
final class GuardedBasic implements RemoteEndpoint.Basic {
    private final RemoteEndpoint.Basic target;
    private final SessionGuard guard;

    GuardedBasic(RemoteEndpoint.Basic target, SessionGuard guard) {
        this.target = target;
        this.guard = guard;
    }

    @SuppressWarnings("ReferenceEquality") // compares identity on purpose
    boolean isFor(RemoteEndpoint.Basic remote) {
        return target == remote;
    }

    @Override
    public void sendText(String text) throws IOException {
        Visit visit = guard.enter(Operation.SEND_TEXT);
        try {
            target.sendText(text);
        } catch (Throwable t) {
            visit.sent(Operation.SEND_TEXT, t);
            throw t;
        }
        visit.sent(Operation.SEND_TEXT, null);
    }

    @Override
    public void sendBinary(ByteBuffer data) throws IOException {
        Visit visit = guard.enter(Operation.SEND_BINARY);
        try {
            target.sendBinary(data);
        } catch (Throwable t) {
            visit.sent(Operation.SEND_BINARY, t);
            throw t;
        }
        visit.sent(Operation.SEND_BINARY, null);
    }

    @Override
    public void sendObject(Object data) throws IOException, EncodeException {
        Visit visit = guard.enter(Operation.SEND_OBJECT);
        try {
            target.sendObject(data);
        } catch (Throwable t) {
            visit.sent(Operation.SEND_OBJECT, t);
            throw t;
        }
        visit.sent(Operation.SEND_OBJECT, null);
    }

    @Override
    public void sendText(String part, boolean isLast) throws IOException {
        Visit visit = guard.enterPart(true);
        try {
            target.sendText(part, isLast);
        } catch (Throwable t) {
            visit.sentPart(true, isLast, t);
            throw t;
        }
        visit.sentPart(true, isLast, null);
    }

    @Override
    public void sendBinary(ByteBuffer part, boolean isLast) throws IOException {
        Visit visit = guard.enterPart(false);
        try {
            target.sendBinary(part, isLast);
        } catch (Throwable t) {
            visit.sentPart(false, isLast, t);
            throw t;
        }
        visit.sentPart(false, isLast, null);
    }

    @Override
    public OutputStream getSendStream() throws IOException {
        Visit visit = guard.enter(Operation.GET_SEND_STREAM);
        OutputStream opened;
        try {
            opened = target.getSendStream();
        } catch (Throwable t) {
            visit.openedStream(Operation.GET_SEND_STREAM, t);
            throw t;
        }
        visit.openedStream(Operation.GET_SEND_STREAM, null);
        return SessionGuards.guarded(opened, guard);
    }

    @Override
    public Writer getSendWriter() throws IOException {
        Visit visit = guard.enter(Operation.GET_SEND_WRITER);
        Writer opened;
        try {
            opened = target.getSendWriter();
        } catch (Throwable t) {
            visit.openedStream(Operation.GET_SEND_WRITER, t);
            throw t;
        }
        visit.openedStream(Operation.GET_SEND_WRITER, null);
        return SessionGuards.guarded(opened, guard);
    }

    // ---- What most engines put in order by themselves -------------------------------------------------------------

    @Override
    public void sendPing(ByteBuffer data) throws IOException {
        if (SessionGuards.mindsPings(target.getClass().getName())) {
            guard.checkBetweenParts(Operation.SEND_PING);
        }
        target.sendPing(data);
    }

    @Override
    public void sendPong(ByteBuffer data) throws IOException {
        if (SessionGuards.mindsPings(target.getClass().getName())) {
            guard.checkBetweenParts(Operation.SEND_PONG);
        }
        target.sendPong(data);
    }

    @Override
    public void setBatchingAllowed(boolean allowed) throws IOException {
        target.setBatchingAllowed(allowed);
    }

    @Override
    public boolean getBatchingAllowed() {
        return target.getBatchingAllowed();
    }

    @Override
    public void flushBatch() throws IOException {
        target.flushBatch();
    }
}
