package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Loads all classes of the library in advance. A container closes the jars of a web application that were unused for a
 * while, so a class that is loaded later needs a file descriptor. If connections have used all descriptors, a class
 * that is first needed for closing could not be loaded, and no descriptor would ever become free.
 */
public final class LibraryClasses {
    private static final String SUFFIX = ".class";
    private static final String PREFIX = "io/twintrace/websocket/";

    /** Classes whose jar is already loaded. Weak, because this class may outlive a web application. */
    private static final Set<Class<?>> DONE =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private LibraryClasses() {}

    /** Loads all classes in the same jar or directory as this one, if it can be listed. */
    public static void loadBeside(Class<?> one) {
        if (!DONE.add(one)) {
            return;
        }
        URL url = one.getClassLoader().getResource(one.getName().replace('.', '/') + SUFFIX);
        try {
            if (url != null && url.getProtocol().equals("file")) {
                loadDirectory(url.toURI(), one);
            } else if (url != null && url.openConnection() instanceof JarURLConnection connection) {
                loadJar(connection, one.getClassLoader());
            }
        } catch (IOException | URISyntaxException e) {
            // They are loaded when they are needed, as everywhere else.
        }
    }

    private static void loadJar(JarURLConnection connection, ClassLoader loader) throws IOException {
        withoutCache(connection);
        try (JarFile jar = connection.getJarFile()) {
            jar.stream().map(ZipEntry::getName).forEach(name -> load(name, loader));
        }
    }

    /** A cached jar file would stay open and be shared with other code. */
    private static void withoutCache(URLConnection connection) {
        connection.setUseCaches(false);
    }

    private static void loadDirectory(URI file, Class<?> one) throws IOException {
        Path root = Path.of(file);
        for (int i = one.getName().split("\\.").length; i > 0; i--) {
            root = root.getParent();
        }
        try (Stream<Path> files = Files.walk(root.resolve(PREFIX))) {
            for (Path each : (Iterable<Path>) files::iterator) {
                load(root.relativize(each).toString().replace('\\', '/'), one.getClassLoader());
            }
        }
    }

    private static void load(String file, ClassLoader loader) {
        if (!file.startsWith(PREFIX) || !file.endsWith(SUFFIX)) {
            return;
        }
        String name = file.substring(0, file.length() - SUFFIX.length()).replace('/', '.');
        try {
            Class<?> unused = Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            // The class needs a missing library, such as Gson, and so is never used.
        }
    }
}
