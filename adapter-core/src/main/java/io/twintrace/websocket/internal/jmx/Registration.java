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
 * Keeps the bean of one application registered until the last registration of its name is closed. A bean that stayed
 * would keep the application's classes in memory after the application is undeployed. Safe for use by any thread.
 */
public final class Registration implements AutoCloseable {
    private static final String DOMAIN = "io.twintrace.websocket";

    /** Counts the registrations of each name in this copy of the library. Guarded by itself. */
    private static final Map<String, Shared> REGISTERED = new HashMap<>();

    private final String application;
    private boolean closed;

    /** The state that the registrations of one application share. */
    private static final class Shared {
        private final ObjectName name;
        private int holders;

        Shared(ObjectName name) {
            this.name = name;
        }
    }

    private Registration(String application) {
        this.application = application;
    }

    /**
     * Registers the bean for an application, for example a context path. Close it when the application stops.
     *
     * @throws IllegalStateException if the platform's server refuses the bean
     */
    public static Registration of(String application) {
        synchronized (REGISTERED) {
            REGISTERED.computeIfAbsent(application, Registration::register).holders++;
        }
        return new Registration(application);
    }

    /** Removes the bean if this is the last registration of the application. */
    @Override
    public void close() {
        synchronized (REGISTERED) {
            if (closed) {
                return;
            }
            closed = true;
            Shared shared = REGISTERED.get(application);
            if (--shared.holders == 0) {
                REGISTERED.remove(application);
                unregister(shared.name);
            }
        }
    }

    private static Shared register(String application) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            // Another copy of the library may serve the same path on another host or port of the server.
            for (int copy = 1; ; copy++) {
                ObjectName name = new ObjectName(DOMAIN + ":type=ConcurrentWrites,application="
                        + ObjectName.quote(application) + (copy == 1 ? "" : ",copy=" + copy));
                try {
                    server.registerMBean(new ConcurrentWritesBean(), name);
                    return new Shared(name);
                } catch (InstanceAlreadyExistsException e) {
                    // Try the next number.
                }
            }
        } catch (JMException e) {
            throw new IllegalStateException("cannot register the MXBean of application \"" + application + "\"", e);
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
