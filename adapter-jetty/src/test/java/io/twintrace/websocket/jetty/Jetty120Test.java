package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.util.Jetty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The adapter is built against Jetty 12.1. It also runs on Jetty 12.0, which Spring Boot 3.5 includes. This runs the
 * tests of the adapter's reading once more, in a class loader that sees no other Jetty.
 */
class Jetty120Test {
    private static URLClassLoader jetty120;

    @BeforeAll
    static void load() throws IOException {
        List<URL> urls = new ArrayList<>();
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("jetty120.directory")))) {
            for (Path jar : jars.toList()) {
                urls.add(jar.toUri().toURL());
            }
        }
        assertEquals(7, urls.size(), urls::toString);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!Path.of(entry).getFileName().toString().startsWith("jetty-")) {
                urls.add(urlOf(entry));
            }
        }
        jetty120 = new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    private static URL urlOf(String entry) throws MalformedURLException {
        return Path.of(entry).toUri().toURL();
    }

    @AfterAll
    static void unload() throws IOException {
        jetty120.close();
    }

    private static Class<?> there(Class<?> type) throws ClassNotFoundException {
        return Class.forName(type.getName(), true, jetty120);
    }

    @Test
    void itIsTheOtherJetty() throws Exception {
        String version = (String) there(Jetty.class).getField("VERSION").get(null);
        assertTrue(version.startsWith("12.0."), version);
    }

    static List<String> tests() {
        return Arrays.stream(ReadAheadTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("tests")
    void inputThatComesFasterThanTheHandlerReadsArrives(String test) throws Exception {
        Class<?> type = there(ReadAheadTest.class);
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        Object instance = constructor.newInstance();
        call(instance, test);
        call(instance, "nothingIsLeft");
    }

    private static void call(Object instance, String name) throws Exception {
        Method method = instance.getClass().getDeclaredMethod(name);
        method.setAccessible(true);
        method.invoke(instance);
    }
}
