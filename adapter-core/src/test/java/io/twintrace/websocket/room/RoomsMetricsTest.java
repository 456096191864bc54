package io.twintrace.websocket.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.fixture.TestPeer;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The sums over rooms. */
class RoomsMetricsTest {
    private final TestPeer ann = TestPeer.connect(TestPeer.quick().build());

    @AfterEach
    void close() throws Exception {
        ann.close();
    }

    private static Optional<RoomsMetrics> find(String name) {
        return RoomsMetrics.running().stream()
                .filter(each -> each.name().equals(name))
                .findAny();
    }

    private static RoomsMetrics metrics(String name) {
        return find(name).orElseThrow();
    }

    private static RoomsTotals fresh(String name) {
        return metrics(name).sum();
    }

    @Test
    void theyAreSumsOverAllRoomsOfAName() {
        try (Rooms one = Rooms.inMemory("sums");
                Rooms two = Rooms.inMemory("sums");
                Rooms other = Rooms.inMemory("others")) {
            one.room("a").join(ann.connection());
            one.room("a").broadcast("hello");
            one.room("b").broadcast("to nobody");
            two.room("a").join(ann.connection());
            two.room("a").broadcast("hello");
            other.room("a").broadcast("elsewhere");
            assertEquals(new RoomsTotals(3, 2, 3, 2, 0, 0, 0, 0, BackplaneStatistics.NONE), fresh("sums"));
            assertEquals(1, fresh("others").messages());
        }
    }

    @Test
    void whatARoomHasCountedStaysWhenItCloses() {
        try (Rooms one = Rooms.inMemory("stays")) {
            Room room = one.room("a");
            room.join(ann.connection());
            room.broadcast("hello");
            room.close();
            assertFalse(room.broadcast("too late"));
            assertEquals(0, fresh("stays").rooms());
            assertEquals(0, fresh("stays").members());
            assertEquals(1, fresh("stays").delivered());
            assertEquals(1, fresh("stays").rejected());
        }
    }

    @Test
    void refusedDeliveriesAreCounted() {
        try (Rooms one = Rooms.inMemory("refused")) {
            Room room = one.room("a");
            room.join(ann.connection());
            room.broadcast(PreparedMessage.text("x".repeat(2 << 20))); // more than an outbox takes
            assertEquals(1, fresh("refused").refused());
            assertEquals(1, room.statistics().refused());
        }
    }

    @Test
    void whatABackplaneHasCountedStaysWhenItCloses() {
        try (Rooms stays = Rooms.over(new Counting(), "counting")) {
            Rooms one = Rooms.over(new Counting(), "counting");
            assertEquals(2 * 5, fresh("counting").backplane().waiting());
            assertEquals(2 * 9, fresh("counting").backplane().reconnects());
            assertFalse(fresh("counting").backplane().connected());
            one.close();
            one.close();
            assertEquals(5, fresh("counting").backplane().waiting());
            assertEquals(2 * 9, fresh("counting").backplane().reconnects());
            stays.room("a").broadcast("hello");
        }
    }

    /** A backplane with numbers. */
    private static final class Counting extends SingleNode {
        @Override
        public BackplaneStatistics statistics() {
            return new BackplaneStatistics(false, 5, 50, 1, 2, 3, 4, 6, 7, 8, 9);
        }
    }

    /** Records what a listener is told. */
    private static final class Told implements RoomsMetrics.Listener {
        private final List<String> events = new ArrayList<>();

        @Override
        public void started(RoomsMetrics metrics) {
            if (metrics.name().startsWith("told")) {
                events.add("started " + metrics.name() + ", " + metrics.totals().rooms() + " open");
            }
        }

        @Override
        public void stopped(RoomsMetrics metrics) {
            if (metrics.name().startsWith("told")) {
                events.add("stopped " + metrics.name());
            }
        }
    }

    @Test
    void aListenerIsToldOfEachNameOnce() {
        Told told = new Told();
        try (Rooms before = Rooms.inMemory("told before")) {
            before.room("a").broadcast("hello");
            RoomsMetrics.addListener(told);
            Rooms one = Rooms.inMemory("told");
            Rooms two = Rooms.inMemory("told");
            one.close();
            two.close();
            two.close();
        } finally {
            RoomsMetrics.removeListener(told);
        }
        assertEquals(
                List.of("started told before, 1 open", "started told, 0 open", "stopped told", "stopped told before"),
                told.events);
    }

    /** An application need not close its rooms, and the library may outlive it. */
    @Test
    void forgottenRoomsAreRemoved() {
        WeakReference<Room> room = forget();
        while (!room.refersTo(null)) {
            System.gc();
        }
        assertEquals(Optional.empty(), find("forgotten"));
    }

    private static WeakReference<Room> forget() {
        Room room = Rooms.inMemory("forgotten").room("a");
        assertTrue(room.broadcast("hello"));
        System.gc();
        assertEquals(1, fresh("forgotten").rooms()); // as long as a room is used, the rooms are
        return new WeakReference<>(room);
    }

    @Test
    void roomsMustHaveAName() {
        assertThrows(IllegalArgumentException.class, () -> Rooms.inMemory(" "));
    }
}
