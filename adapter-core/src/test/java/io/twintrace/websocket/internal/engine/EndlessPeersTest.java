package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.io.VirtualThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Peers that send without end, so that the threads that read from them never wait for input. */
@Timeout(60)
@EnabledForJreRange(min = JRE.JAVA_21)
class EndlessPeersTest {
    /** Has always more Pongs. */
    private static final class Endless extends FilterTransport {
        private static final byte[] PONG = {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0};

        private int at;
        private volatile boolean closed;

        Endless(Transport inner) {
            super(inner);
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
            int n = into.remaining();
            while (into.hasRemaining()) {
                into.put(PONG[at++ % PONG.length]);
            }
            at %= PONG.length;
            return n;
        }

        @Override
        public void close() {
            closed = true;
            super.close();
        }
    }

    @Test
    void virtualThreadsThatReadOnLetOthersRun() throws Exception {
        List<TestPeer> peers = new ArrayList<>();
        CountDownLatch other = new CountDownLatch(1);
        try {
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
                TestPeer peer = TestPeer.connect(TestPeer.quick().build(), Endless::new);
                peers.add(peer);
                VirtualThreads.unstarted(() -> readOn(peer)).start();
            }
            VirtualThreads.unstarted(other::countDown).start();
            assertTrue(other.await(20, TimeUnit.SECONDS), "another virtual thread has not run");
        } finally {
            for (TestPeer peer : peers) {
                peer.close();
            }
        }
    }

    private static void readOn(TestPeer peer) {
        try {
            peer.connection().readMessage();
        } catch (IOException e) {
            // The test has ended.
        }
    }
}
