package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseHandler;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ControlHandler;
import io.twintrace.websocket.internal.read.ControlFrameReceiver;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;

/**
 * Answers the peer's control frames (RFC 6455 section 5.5): a Close with a Close of the same code, and a Ping with a
 * Pong, unless the application has set a handler for Pings. Any thread may set the handlers.
 */
final class ControlFrameHandlers implements ControlFrameReceiver {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private final ControlFrameWriter output;
    private final CloseHandshake closing;

    /** Null if it is off. */
    private final KeepAlive keepAlive;

    // Null for the default.
    private volatile ControlHandler pingHandler;
    private volatile ControlHandler pongHandler;
    private volatile CloseHandler closeHandler;

    /** Calls the handler of the Close frame while input is dropped; null at other times. Only for the reading thread. */
    private Executor dropping;

    /** @param keepAlive takes the Pongs to its own Pings; null for none */
    ControlFrameHandlers(ControlFrameWriter output, CloseHandshake closing, KeepAlive keepAlive) {
        this.output = output;
        this.closing = closing;
        this.keepAlive = keepAlive;
    }

    /** Sets the handler of Pings; null for the default, which sends a Pong. */
    final void pingHandler(ControlHandler handler) {
        pingHandler = handler;
    }

    /** Sets the handler of Pongs; null for none. */
    final void pongHandler(ControlHandler handler) {
        pongHandler = handler;
    }

    /** Sets the handler of the Close frame; null for none. */
    final void closeHandler(CloseHandler handler) {
        closeHandler = handler;
    }

    /**
     * Begins or ends to drop input, because this side closes and no thread reads. Handlers of Pings and Pongs are not
     * called meanwhile.
     *
     * @param closeCaller calls the handler of the Close frame, whose exceptions are logged; null to end
     */
    void dropping(Executor closeCaller) {
        dropping = closeCaller;
    }

    /** Returns what writes control frames. Any thread may call this. */
    ControlFrameWriter writer() {
        return output;
    }

    @Override
    public void ping(byte[] payload) throws IOException {
        ControlHandler handler = pingHandler;
        if (handler == null) {
            output.offerPong(payload);
        } else {
            call(handler, payload);
        }
    }

    @Override
    public void pong(byte[] payload) throws IOException {
        ControlHandler handler = pongHandler;
        if ((keepAlive == null || !keepAlive.takePong(payload)) && handler != null) {
            call(handler, payload);
        }
    }

    /** A handler that answers while this side is closing cannot know that. So it is no reason to end reading. */
    private void call(ControlHandler handler, byte[] payload) throws IOException {
        if (dropping != null) {
            return;
        }
        try {
            handler.onFrame(payload);
        } catch (CloseSentException e) {
            if (closing.requested() == null) { // of another connection
                throw e;
            }
        }
    }

    @Override
    public void close(CloseStatus status) throws IOException {
        closing.received(status);
        try {
            if (dropping == null) {
                tellOfClose(status);
            } else {
                dropping.execute(() -> tellOrLog(status));
            }
        } finally {
            output.requestClose(new CloseStatus(status.code(), "").payload());
            output.peerHasClosed();
        }
    }

    /** Tells the handler of the Close frame that this side has cut off a peer that no longer answers. */
    void cutOff() throws IOException {
        tellOfClose(new CloseStatus(CloseCode.ABNORMAL, ""));
    }

    private void tellOrLog(CloseStatus status) {
        try {
            tellOfClose(status);
        } catch (CloseSentException e) {
            // It cannot know that this side has closed.
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.ERROR, "a close handler has failed", e);
        }
    }

    private void tellOfClose(CloseStatus status) throws IOException {
        CloseHandler handler = closeHandler;
        if (handler != null) {
            handler.onClose(status);
        }
    }

    @Override
    public IOException unexpected(CloseStatus status) {
        return CloseExceptions.byPeer(status, closing.isReceivedAsAnswer());
    }
}
