package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.redis.fixture.Recorder;
import io.twintrace.websocket.room.MessageId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Opening a room beside the reader. */
class RoomTest {
    private static final RedisOptions OPTIONS = RedisOptions.defaults();

    private final CountDownLatch called = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);
    private boolean inTime;

    private final Recorder receiver = new Recorder() {
        @Override
        public void deliver() {
            called.countDown();
            try {
                inTime = opened.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    };

    /** A listener that opens a room waits for the lock that a thread that opens this room has. */
    @Test
    void aThreadThatOpensTheRoomDoesNotWaitForItsReceiver() throws Exception {
        Counters counters = new Counters();
        OwnMembers members = new OwnMembers(new Keys("p:"), OPTIONS, "node", "room", "1");
        RoomOutput output = new RoomOutput("p:room:room", "node:1");
        Room room = new Room("room", 0, output, members, receiver, new Outgoing(OPTIONS, counters), counters);
        Thread reader = new Thread(() -> room.begin(MessageId.NONE, List.of()));
        reader.start();
        assertTrue(called.await(10, TimeUnit.SECONDS));
        assertTimeoutPreemptively(Duration.ofSeconds(5), room::tellLinkUnlessBusy);
        opened.countDown();
        reader.join();
        assertTrue(inTime);
        assertEquals(1, receiver.histories.size());
    }
}
