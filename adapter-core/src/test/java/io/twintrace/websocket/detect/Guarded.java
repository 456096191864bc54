package io.twintrace.websocket.detect;

import java.util.concurrent.atomic.AtomicLong;

/** Write methods that are guarded like the engine's. A test supplies their bodies. */
final class Guarded {
    /** The body of a write method. */
    @FunctionalInterface
    interface Body {
        Body NOTHING = () -> {};

        void run() throws Exception;
    }

    final WriteDetector detector;

    /** How many messages have come from the peer. */
    final AtomicLong received = new AtomicLong();

    Guarded(DetectorLevel level) {
        this(level, report -> {});
    }

    Guarded(DetectorLevel level, ConcurrentWriteListener listener) {
        this.detector = new WriteDetector(
                new ConnectionId(7, "/chat"), level, () -> 0, received::get, listener::onConcurrentWrite);
    }

    void writeMessage(Body body) throws Exception {
        guard(Operation.WRITE_MESSAGE, body);
    }

    void writeJson(Body body) throws Exception {
        guard(Operation.WRITE_JSON, body);
    }

    /** Opens a message and leaves it open. */
    void nextWriter() throws Exception {
        guard(Operation.NEXT_WRITER, detector::messageOpened);
    }

    void write(Body body) throws Exception {
        guard(Operation.WRITER_WRITE, () -> {
            detector.messageContinued();
            body.run();
        });
    }

    void close() throws Exception {
        guard(Operation.WRITER_CLOSE, detector::messageFinished);
    }

    void setWriteDeadline() throws Exception {
        guard(Operation.SET_WRITE_DEADLINE, Body.NOTHING);
    }

    void declare(WriteDiscipline discipline) throws Exception {
        guard(Operation.DECLARE_DISCIPLINE, () -> detector.declare(discipline));
    }

    private void guard(Operation operation, Body body) throws Exception {
        detector.enter(operation);
        try {
            body.run();
        } catch (Throwable t) {
            detector.leave(operation, t);
            throw t;
        }
        detector.leave(operation, null);
    }
}
