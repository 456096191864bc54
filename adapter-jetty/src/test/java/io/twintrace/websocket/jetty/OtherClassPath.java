package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Runs tests with other jars in place of some of the class path, in a class loader that sees nothing of these. */
public final class OtherClassPath implements AutoCloseable {
    private final URLClassLoader loader;

    /**
     * @param jars a directory with the jars to add
     * @param leftOut the names of the jars to leave out
     */
    public OtherClassPath(Path jars, Predicate<String> leftOut) throws IOException {
        List<URL> urls = new ArrayList<>();
        try (Stream<Path> added = Files.list(jars)) {
            for (Path jar : added.toList()) {
                urls.add(jar.toUri().toURL());
            }
        }
        assertNotEquals(List.of(), urls, jars::toString);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!leftOut.test(Path.of(entry).getFileName().toString())) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        loader = new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    /** The same class, with what it uses, in this class path. */
    public Class<?> load(Class<?> type) throws ClassNotFoundException {
        return Class.forName(type.getName(), true, loader);
    }

    /** The names of a class's tests. */
    public static List<String> testsOf(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .sorted()
                .toList();
    }

    /** Calls methods of one new instance, one after another. */
    public void run(Class<?> type, String... methods) throws Exception {
        var constructor = load(type).getDeclaredConstructor();
        constructor.setAccessible(true);
        Object instance = constructor.newInstance();
        for (String name : methods) {
            Method method = instance.getClass().getDeclaredMethod(name);
            method.setAccessible(true);
            try {
                method.invoke(instance);
            } catch (InvocationTargetException e) {
                throw new AssertionError(name + " failed", e.getCause());
            }
        }
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
