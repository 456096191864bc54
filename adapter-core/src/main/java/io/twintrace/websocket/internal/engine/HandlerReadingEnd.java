package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.FrameWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/** Ends reading for a handler, once and for good. Only the reading thread calls these methods. */
final class HandlerReadingEnd {
    /** Stops a loop that ignores what read methods return or throw. It would never end. */
    private static final int MAX_READS_AFTER_END = 1000;

    private final ConnectionId connection;
    private final BlockingInput input;
    private final FrameWriter frames;
    private final ControlFrameHandlers control;
    private final CloseHandshake closing;

    private boolean inOrder;
    private IOException failure;
    private int readsAfterEnd;

    HandlerReadingEnd(
            ConnectionId connection,
            BlockingInput input,
            FrameWriter frames,
            ControlFrameHandlers control,
            CloseHandshake closing) {
        this.connection = connection;
        this.input = input;
        this.frames = frames;
        this.control = control;
        this.closing = closing;
    }

    /** Returns whether nothing more can be read. */
    boolean isReached() {
        return inOrder || failure != null;
    }

    /** Returns whether the peer has closed, so that nothing more can come. */
    boolean isInOrder() {
        return inOrder;
    }

    /** Throws the reason why nothing more can be read, unless the peer has closed. */
    void check() throws IOException {
        if (!isReached()) {
            return;
        }
        if (++readsAfterEnd >= MAX_READS_AFTER_END) {
            throw new IllegalStateException("connection " + connection + " has ended, and was read "
                    + MAX_READS_AFTER_END + " times since: the reading loop must stop at null and at an IOException");
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Ends reading because the peer has closed. */
    void inOrder() {
        inOrder = true;
        noteLastWord();
        input.endMessages();
        closing.readingEnded();
    }

    private void noteLastWord() {
        if (closing.received() != null && input.isUsedUp()) {
            closing.receivedLast();
        }
    }

    /**
     * Ends reading because of an error, unless it has ended before. The stream is at an unknown place, or at its end.
     *
     * @return what to throw
     */
    IOException failed(IOException e) {
        if (failure != null) {
            return failure;
        }
        note(e);
        if (e instanceof ProtocolException) {
            closeTransport();
        } else if (failure instanceof PongTimeoutException) {
            cutOff();
        }
        closing.readingEnded();
        return failure;
    }

    /** The same for a thread that may not wait. The caller closes the transport. */
    void failedNow(IOException e) {
        if (failure == null) {
            note(e);
            closing.readingEnded();
        }
    }

    private void note(IOException e) {
        failure = explained(e);
        noteLastWord();
        input.endMessages();
        CloseStatus close = ReadingFailures.closeFor(e);
        if (close != null) {
            control.writer().requestClose(close.payload());
        }
    }

    /**
     * Ends reading because there was no memory. A step may be half done, so that the next bytes could be taken for
     * something else, such as payload for frames.
     *
     * @return what to throw
     */
    VirtualMachineError lost(VirtualMachineError e) {
        if (failure == null) {
            failure = new IOException("connection " + connection + " cannot be read any further after an error", e);
            input.endMessages();
            control.writer().requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, ReadingFailures.BROKEN).payload());
            closing.readingEnded();
        }
        return e;
    }

    /**
     * Closes the transport once the Close frame is out, which may have to follow a frame in flight. At the close
     * timeout, closes without it.
     */
    private void closeTransport() {
        boolean told = false;
        try {
            told = closing.awaitWritingEnded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (told) {
            TransportCloser.lingerAndClose(input.transport(), input.buffers().usual());
        } else {
            input.transport().close();
        }
    }

    /** Closes the transport without waiting for the Close frame, because most likely nobody is there to read it. */
    private void cutOff() {
        input.transport().close();
        try {
            control.cutOff();
        } catch (IOException | RuntimeException e) { // of the application's handler
            failure.addSuppressed(e);
        }
    }

    private IOException explained(IOException e) {
        IOException broken = frames.broken();
        if (broken instanceof PongTimeoutException) {
            return broken;
        }
        if (e instanceof EOFException) {
            return CloseExceptions.abnormal(broken);
        }
        if (e instanceof ClosedChannelException) {
            return new IOException(
                    "connection " + connection
                            + " was closed on this side: aborted, cut off after the close timeout, or closed by the container",
                    broken);
        }
        if (broken != null && broken != e && !(e instanceof ProtocolException)) {
            e.addSuppressed(broken); // why the transport was closed under this reader
        }
        return e;
    }
}
