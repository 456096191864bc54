package io.twintrace.websocket.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.twintrace.websocket.room.RoomsMetrics;
import io.twintrace.websocket.servlet.WebSocketMetrics;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Gives the {@linkplain WebSocketMetrics metrics} of all servlets and upgraders to Micrometer, also of those that start
 * later. The meters of a servlet have the tags {@code application}, its context path, and {@code servlet}, its name.
 * They are removed when the servlet stops. No tag has a path of a request or an address.
 *
 * <p>The {@linkplain RoomsMetrics metrics} of rooms have the tag {@code rooms}, the name of the application's {@code
 * Rooms}. No tag has the name of a single room.
 *
 * <p>Create it in the web application that contains the library, and close it when the application stops. Spring Boot
 * does both for a bean of this class. Any thread may call its methods.
 */
public final class TwintraceMetrics implements MeterBinder, AutoCloseable {
    private final List<Bound> bound = new CopyOnWriteArrayList<>();

    /** The meters in one registry. */
    private record Bound(ServletMeters servlets, RoomMeters rooms) {}

    /** Creates a binder that is bound to no registry. */
    public TwintraceMetrics() {}

    /**
     * Adds the meters to a registry. A binder may be bound to several registries, once to each.
     *
     * @param registry keeps the meters until the servlet stops or the rooms close, or this is closed
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        Bound meters = new Bound(new ServletMeters(registry), new RoomMeters(registry));
        bound.add(meters);
        WebSocketMetrics.addListener(meters.servlets());
        RoomsMetrics.addListener(meters.rooms());
    }

    /** Removes the meters from all registries. */
    @Override
    public void close() {
        for (Bound meters : List.copyOf(bound)) {
            if (bound.remove(meters)) {
                WebSocketMetrics.removeListener(meters.servlets());
                meters.servlets().removeAll();
                RoomsMetrics.removeListener(meters.rooms());
                meters.rooms().removeAll();
            }
        }
    }
}
