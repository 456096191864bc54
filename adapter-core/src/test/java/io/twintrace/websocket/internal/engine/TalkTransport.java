package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records each read and each write of a connection separately, in their order. */
class TalkTransport extends FilterTransport {
    private final List<String> talk = new CopyOnWriteArrayList<>();
    private volatile IOException failure;

    TalkTransport(MemoryTransport inner) {
        super(inner);
    }

    /** A peer that sends these pieces, one for each read, and then nothing more. */
    static TalkTransport arriving(byte[]... pieces) {
        return new TalkTransport(memory(pieces));
    }

    /** The input from such a peer, for a transport around it. */
    static MemoryTransport memory(byte[]... pieces) {
        Queue<Integer> sizes = new ArrayDeque<>();
        for (byte[] piece : pieces) {
            sizes.add(piece.length);
        }
        return new MemoryTransport(Frames.concat(pieces), () -> sizes.isEmpty() ? 0 : sizes.remove());
    }

    BlockingConnection connection(WebSocketOptions options) {
        return new ConnectionFactory(options)
                .open(
                        this,
                        new HandshakeRequest("GET", "HTTP/1.1", "/talk", null, null, Map.of()),
                        new Accepted(Map.of(), Optional.empty(), Optional.empty()));
    }

    /** From now on nothing can be written. */
    void failWith(IOException cause) {
        failure = cause;
    }

    /** "read" for each read that gave bytes, and hex for each write. */
    List<String> talk() {
        return talk;
    }

    /** The output in hex, one entry for each call. */
    List<String> writes() {
        return talk.stream().filter(entry -> !entry.equals("read")).toList();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int n = super.read(into);
        if (n > 0) {
            talk.add("read");
        }
        return n;
    }

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
        if (failure != null) {
            throw failure;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuffer buffer : buffers) {
            byte[] piece = new byte[buffer.remaining()];
            buffer.get(buffer.position(), piece);
            bytes.writeBytes(piece);
        }
        super.write(buffers);
        talk.add(HexFormat.of().formatHex(bytes.toByteArray()));
    }

    @Override
    public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
        write(buffers);
        return true;
    }
}
