package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.room.Rooms;
import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Rooms in JMX. */
class RoomBeansTest {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private static ObjectName name(String rooms) throws Exception {
        return new ObjectName("io.twintrace.websocket:type=Rooms,name=\"" + rooms + '"');
    }

    @Test
    void theBeanShowsWhatTheRoomsHaveDone() throws Exception {
        try (RoomBeans.Shown shown = RoomBeans.show();
                Rooms rooms = Rooms.inMemory("shown")) {
            rooms.room("a room's name is nowhere").broadcast("hello");
            assertEquals(1L, SERVER.getAttribute(name("shown"), "Messages"), shown::toString);
            assertEquals(1, SERVER.getAttribute(name("shown"), "Rooms"));
            assertEquals(true, SERVER.getAttribute(name("shown"), "Connected"));
        }
    }

    @Test
    void theBeanIsGoneWhenTheRoomsClose() throws Exception {
        try (RoomBeans.Shown shown = RoomBeans.show()) {
            Rooms rooms = Rooms.inMemory("closes");
            assertTrue(SERVER.isRegistered(name("closes")), shown::toString);
            rooms.close();
            assertFalse(SERVER.isRegistered(name("closes")));
        }
    }

    /** An application may forget to close its rooms. */
    @Test
    void theBeanIsThereWhileAServletRuns() throws Exception {
        try (Rooms rooms = Rooms.inMemory("runs")) {
            assertFalse(SERVER.isRegistered(name("runs")), rooms::toString);
            RoomBeans.Shown one = RoomBeans.show();
            RoomBeans.Shown two = RoomBeans.show();
            assertTrue(SERVER.isRegistered(name("runs")));
            one.close();
            one.close();
            assertTrue(SERVER.isRegistered(name("runs")));
            two.close();
            assertFalse(SERVER.isRegistered(name("runs")));
        }
    }

    /** As if another application, with a copy of the library of its own, had given its rooms the same name. */
    @Test
    void anotherApplicationsRoomsOfTheSameNameGetANumber() throws Exception {
        SERVER.registerMBean(new RoomsBean(null), name("twice"));
        try (RoomBeans.Shown shown = RoomBeans.show()) {
            Rooms rooms = Rooms.inMemory("twice");
            rooms.room("a").broadcast("hello");
            ObjectName second = new ObjectName(name("twice") + ",copy=2");
            assertEquals(1L, SERVER.getAttribute(second, "Messages"), shown::toString);
            rooms.close();
            assertFalse(SERVER.isRegistered(second));
            assertTrue(SERVER.isRegistered(name("twice")));
        } finally {
            SERVER.unregisterMBean(name("twice"));
        }
    }
}
