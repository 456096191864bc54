package io.twintrace.websocket.internal.stream;

import jakarta.servlet.http.WebConnection;
import java.io.IOException;

/** A socket of a container that follows the Servlet API and offers nothing else. */
class StandardSocket implements ContainerSocket {
    private final WebConnection connection;
    private final Pause pause;

    StandardSocket(WebConnection connection, Pause pause) {
        this.connection = connection;
        this.pause = pause;
    }

    @Override
    public Pause pause() {
        return pause;
    }

    @Override
    public int maxTurnBytes() {
        return StreamInput.MAX_TURN_BYTES;
    }

    /**
     * Reads on the calling thread. A stream that has reported ready calls no listener until it has reported not ready,
     * so any thread may read on.
     */
    @Override
    public void resumeReading(Runnable reading) {
        reading.run();
    }

    @Override
    public boolean readsWithinResume() {
        return true;
    }

    @Override
    public boolean writesFromSharedArrays() {
        return false;
    }

    /** Flushes once: without that, Payara does not send the handshake response. */
    @Override
    public void sendHandshake(StreamOutput output) throws IOException {
        if (output.isReady()) {
            output.flush();
        }
    }

    @Override
    public void close() throws Exception {
        connection.close();
    }
}
