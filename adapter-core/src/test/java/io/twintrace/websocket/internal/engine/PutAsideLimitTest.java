package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TalkTransport;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PutAsideLimitTest {
    /** The longest header of a frame that is not masked. */
    private static final int HEADER = 10;

    /** The sum of its length and the header's does not fit an int. */
    @Test
    void theLargestMessageThereCanBeIsNotTakenForASmallOne(@TempDir Path directory) throws Exception {
        AtomicLong written = new AtomicLong();
        BlockingConnection connection =
                counting(written).connection(TestPeer.quick().build());
        connection.readMessage(); // more input follows, so a small answer would be put aside
        connection.writeMessage(MessageType.BINARY, largest(directory));
        assertEquals(Integer.MAX_VALUE + (long) HEADER, written.get());
        connection.abort();
    }

    private static TalkTransport counting(AtomicLong written) {
        return new TalkTransport(TalkTransport.memory(Frames.concat(Frames.text("a"), Frames.text("b")))) {
            @Override
            public boolean tryWrite(ByteBuffer[] buffers) {
                for (ByteBuffer buffer : buffers) {
                    written.addAndGet(buffer.remaining());
                    buffer.position(buffer.limit());
                }
                return true;
            }
        };
    }

    /** Bytes of a sparse file, which takes hardly any space on disk. */
    private static ByteBuffer largest(Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("sparse"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), Integer.MAX_VALUE - 1L);
            return channel.map(MapMode.READ_ONLY, 0, Integer.MAX_VALUE);
        }
    }
}
