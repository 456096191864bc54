package io.twintrace.guarded;

import jakarta.websocket.RemoteEndpoint;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What an engine's endpoint is to its callers: notes each call, and does in it what the test wants. */
final class Engine implements RemoteEndpoint.Basic {
    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile Runnable duringCall = () -> {};

    /** Takes no lock, so that only the guard can hold up a thread. */
    private final class TextWriter extends Writer {
        @Override
        public void write(int character) {
            called("character");
        }

        @Override
        public void write(char[] characters, int offset, int length) {
            called("characters");
        }

        @Override
        public void write(String text, int offset, int length) {
            called("string");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private void called(String what) {
        calls.add(what);
        duringCall.run();
    }

    @Override
    public void sendText(String text) {
        called(text);
    }

    @Override
    public void sendText(String part, boolean isLast) {
        called(part);
    }

    @Override
    public void sendBinary(ByteBuffer data) {
        called(data.remaining() + " bytes");
    }

    @Override
    public void sendBinary(ByteBuffer part, boolean isLast) {
        called(part.remaining() + " bytes");
    }

    @Override
    public void sendObject(Object data) {
        called("object " + data);
    }

    @Override
    public OutputStream getSendStream() {
        called("stream");
        return OutputStream.nullOutputStream();
    }

    @Override
    public Writer getSendWriter() {
        called("writer");
        return new TextWriter();
    }

    @Override
    public void sendPing(ByteBuffer data) {
        called("ping");
    }

    @Override
    public void sendPong(ByteBuffer data) {
        called("pong");
    }

    @Override
    public void setBatchingAllowed(boolean allowed) {
        called("batching");
    }

    @Override
    public boolean getBatchingAllowed() {
        return false;
    }

    @Override
    public void flushBatch() {
        called("flush");
    }
}
