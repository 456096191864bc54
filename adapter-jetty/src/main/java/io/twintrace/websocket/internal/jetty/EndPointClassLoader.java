package io.twintrace.websocket.internal.jetty;

import io.twintrace.websocket.internal.io.LibraryClasses;
import io.twintrace.websocket.servlet.SocketHandover;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Loads the classes that use Jetty's, all of one package. Jetty hides its own classes from web applications, but the
 * servlet context is an instance of one, so its class loader sees them. This loader defines the package anew. It takes
 * Jetty's classes from there, and everything else from the web application.
 *
 * <p>There is one for each web application. Only {@link #LOADED} and the connections refer to it, so it goes with the
 * application.
 */
final class EndPointClassLoader extends ClassLoader {
    private static final String JETTY = "org.eclipse.jetty.";

    /** A class from each package of Jetty that the classes of {@link #PACKAGE} use. */
    private static final List<String> USED =
            List.of("server.Request", "io.EndPoint", "util.Callback", "http.HttpFields");

    private static final String PACKAGE = EndPointClassLoader.class.getPackageName() + ".endpoint.";
    private static final String ENTRY = PACKAGE + "JettyUpgrade";

    /**
     * The entry class by the loader of Jetty's classes. There is one key, unless this class is outside of web
     * applications.
     */
    private static final Map<ClassLoader, Class<?>> LOADED = new ConcurrentHashMap<>();

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader jetty;

    private EndPointClassLoader(ClassLoader application, ClassLoader jetty) {
        super("twintrace-jetty", application);
        this.jetty = jetty;
    }

    /** Creates a hand-over that uses the classes of this Jetty. */
    static SocketHandover newHandover(ClassLoader jetty) throws ReflectiveOperationException {
        Class<?> entry = LOADED.computeIfAbsent(jetty, EndPointClassLoader::load);
        return (SocketHandover) entry.getConstructor().newInstance();
    }

    private static Class<?> load(ClassLoader jetty) {
        ClassLoader application = EndPointClassLoader.class.getClassLoader();
        try {
            if (sees(application, jetty)) { // embedded, or the application is configured to see them
                return Class.forName(ENTRY, false, application);
            }
            Class<?> entry = Class.forName(ENTRY, false, new EndPointClassLoader(application, jetty));
            LibraryClasses.loadBeside(entry);
            return entry;
        } catch (ClassNotFoundException e) {
            throw new LinkageError("cannot load " + ENTRY, e);
        }
    }

    /** Tells whether the application sees all packages that are used, and in the same Jetty. */
    private static boolean sees(ClassLoader application, ClassLoader jetty) throws ClassNotFoundException {
        for (String used : USED) {
            Class<?> there = Class.forName(JETTY + used, false, jetty);
            try {
                if (Class.forName(JETTY + used, false, application) != there) {
                    return false; // a jar of Jetty in the WAR, such as that of its HTTP client
                }
            } catch (ClassNotFoundException e) {
                return false; // hidden
            }
        }
        return true;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(JETTY)) {
            return jetty.loadClass(name);
        }
        if (!name.startsWith(PACKAGE)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length, EndPointClassLoader.class.getProtectionDomain());
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
