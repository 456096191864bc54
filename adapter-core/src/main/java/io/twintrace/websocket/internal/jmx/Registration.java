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
 * The bean of one application, registered as long as anybody holds a registration of that name: a bean that stayed
 * would keep the application's classes in memory after it is undeployed. Safe for any thread.
 */
public final class Registration implements AutoCloseable {
    private static final String DOMAIN = "io.twintrace.websocket";

    /** Guarded by itself: which names are registered by this copy of the library, and how often. */
    private static final Map<String, Shared> REGISTERED = new HashMap<>();

    private final String application;
    private boolean closed;

    /** What the registrations of one application share. */
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
     * Registers the bean for an application, such as a context path; to be closed when the application stops.
     *
     * @throws IllegalStateException when the platform's server refuses it
     */
    public static Registration of(String application) {
        synchronized (REGISTERED) {
            REGISTERED.computeIfAbsent(application, Registration::register).holders++;
        }
        return new Registration(application);
    }

    /** Removes the bean, if this is the last registration of that application. */
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
            // Another copy of the library may serve the same path, on another host or port of the server.
            for (int copy = 1; ; copy++) {
                ObjectName name = new ObjectName(DOMAIN + ":type=ConcurrentWrites,application="
                        + ObjectName.quote(application) + (copy == 1 ? "" : ",copy=" + copy));
                try {
                    server.registerMBean(new ConcurrentWritesBean(), name);
                    return new Shared(name);
                } catch (InstanceAlreadyExistsException e) {
                    // The next number.
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
            // Somebody else has removed it.
        } catch (JMException e) {
            throw new IllegalStateException("cannot remove " + name, e);
        }
    }
}
