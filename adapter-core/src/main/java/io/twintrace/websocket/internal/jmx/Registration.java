package io.twintrace.websocket.internal.jmx;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Keeps a bean of an application registered until the last registration of its name is closed. A bean that stayed
 * would keep the application's classes in memory after the application is undeployed. Safe for use by any thread.
 */
public final class Registration implements AutoCloseable {
    private static final String DOMAIN = "io.twintrace.websocket";

    /** Counts the registrations of each name in this copy of the library. Guarded by itself. */
    private static final Map<String, Shared> REGISTERED = new HashMap<>();

    /** The key properties of the bean's name, without the number of the copy. */
    private final String properties;

    private boolean closed;

    /** The state that the registrations of one name share. */
    private static final class Shared {
        private final ObjectName name;
        private int holders;

        Shared(ObjectName name) {
            this.name = name;
        }
    }

    private Registration(String properties) {
        this.properties = properties;
    }

    /**
     * Registers the bean of conflicts for an application, for example a context path. Close it when the application
     * stops.
     *
     * @throws IllegalStateException if the platform's server refuses the bean
     */
    public static Registration of(String application) {
        return of("type=ConcurrentWrites,application=" + ObjectName.quote(application), new ConcurrentWritesBean());
    }

    /**
     * Registers the bean of a servlet's connections. Close it when the servlet stops.
     *
     * @param bean ignored if another registration of the same servlet is open
     * @throws IllegalStateException if the platform's server refuses the bean
     */
    public static Registration of(String application, String servlet, ConnectionsMXBean bean) {
        return of(
                "type=Connections,application=" + ObjectName.quote(application) + ",servlet="
                        + ObjectName.quote(servlet),
                bean);
    }

    /**
     * Registers the bean of rooms. Close it when they are closed.
     *
     * @param name that of the rooms
     * @param bean ignored if another registration of the same name is open
     * @throws IllegalStateException if the platform's server refuses the bean
     */
    public static Registration of(String name, RoomsMXBean bean) {
        return of("type=Rooms,name=" + ObjectName.quote(name), (Object) bean);
    }

    private static Registration of(String properties, Object bean) {
        synchronized (REGISTERED) {
            REGISTERED.computeIfAbsent(properties, unused -> register(properties, bean)).holders++;
        }
        return new Registration(properties);
    }

    /** Removes the bean if this is the last registration of its name. */
    @Override
    public void close() {
        synchronized (REGISTERED) {
            if (closed) {
                return;
            }
            closed = true;
            Shared shared = REGISTERED.get(properties);
            if (--shared.holders == 0) {
                REGISTERED.remove(properties);
                unregister(shared.name);
            }
        }
    }

    private static Shared register(String properties, Object bean) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            // Another copy of the library may serve the same path on another host or port of the server.
            for (int copy = 1; ; copy++) {
                ObjectName name = new ObjectName(DOMAIN + ":" + properties + (copy == 1 ? "" : ",copy=" + copy));
                try {
                    server.registerMBean(bean, name);
                    return new Shared(name);
                } catch (InstanceAlreadyExistsException e) {
                    // Try the next number.
                }
            }
        } catch (JMException e) {
            throw new IllegalStateException("cannot register the MXBean " + DOMAIN + ":" + properties, e);
        }
    }

    private static void unregister(ObjectName name) {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            // The bean is gone already.
        } catch (JMException e) {
            throw new IllegalStateException("cannot remove the MXBean " + name, e);
        }
    }
}
