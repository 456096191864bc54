package io.twintrace.sample;

import io.twintrace.websocket.redis.RedisBackplane;
import io.twintrace.websocket.room.Room;
import io.twintrace.websocket.room.RoomOptions;
import io.twintrace.websocket.room.Rooms;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

/**
 * The rooms of this application: on this node alone, or on all nodes of one Redis if the context parameter {@code redis}
 * has its address.
 */
public final class SampleRooms implements ServletContextListener {
    /** Null before the application has started and after it has stopped. */
    private static volatile Rooms rooms;

    static Room room(String name, RoomOptions options) {
        Rooms current = rooms;
        if (current == null) {
            throw new IllegalStateException("the application has no rooms: " + SampleRooms.class.getName()
                    + " must be a listener in web.xml, and the application must be running");
        }
        return current.room(name, options);
    }

    static String node() {
        return rooms.backplane().node();
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        String redis = event.getServletContext().getInitParameter("redis");
        rooms = redis == null ? Rooms.inMemory() : Rooms.over(RedisBackplane.connect(redis));
    }

    /** The container has stopped the servlets before this. */
    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (rooms != null) {
            rooms.close();
            rooms = null;
        }
    }
}
