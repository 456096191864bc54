package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records its calls as text. */
class RecordingListener implements WebSocketListener {
    private final List<String> calls = new CopyOnWriteArrayList<>();

    List<String> calls() {
        return calls;
    }

    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onOpen(WebSocketConnection connection) throws Exception {
        calls.add("open");
    }

    @Override
    public void onText(WebSocketConnection connection, String text) throws Exception {
        calls.add("text " + text);
    }

    @Override
    public void onBinary(WebSocketConnection connection, ByteBuffer payload) throws Exception {
        calls.add("binary of " + payload.remaining());
    }

    @Override
    public void onError(WebSocketConnection connection, Throwable error) throws Exception {
        calls.add("error " + error.getClass().getSimpleName());
    }

    @Override
    public void onClose(WebSocketConnection connection, CloseStatus status) throws Exception {
        calls.add("close " + status.code());
    }
}
