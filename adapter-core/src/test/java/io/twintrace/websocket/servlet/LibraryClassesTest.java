package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketHandler;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A started servlet loads no more classes of the library. Loading could fail later, when it matters. */
class LibraryClassesTest {
    /** A handler that the servlet creates. */
    public static final class Handler implements WebSocketHandler {
        @Override
        public void handle(BlockingConnection connection) {
            // Not called.
        }
    }

    /** The library's classes and this test's, as those of a web application. */
    private static final class WebApp extends URLClassLoader {
        private WebApp(URL... urls) {
            super(urls, LibraryClassesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                return name.startsWith("io.twintrace.") ? findClass(name) : super.loadClass(name, resolve);
            }
        }

        @Override
        public URL getResource(String name) {
            return findResource(name);
        }

        private boolean hasLoaded(String name) {
            return findLoadedClass(name) != null;
        }
    }

    private static Path classesOf(Class<?> one) throws Exception {
        return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static List<String> classFiles(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(each -> root.relativize(each).toString().replace('\\', '/'))
                    .filter(each -> each.endsWith(".class") && !each.endsWith("package-info.class"))
                    .toList();
        }
    }

    private static void startServlet(WebApp webApp) throws Exception {
        ServletContext context = mock(ServletContext.class);
        when(context.getClassLoader()).thenReturn(webApp);
        when(context.getServerInfo()).thenReturn("test/1");
        ServletConfig config = mock(ServletConfig.class);
        when(config.getServletContext()).thenReturn(context);
        when(config.getServletName()).thenReturn("test");
        when(config.getInitParameterNames()).thenReturn(Collections.enumeration(Set.of("handler")));
        when(config.getInitParameter("handler")).thenReturn(Handler.class.getName());
        HttpServlet servlet = (HttpServlet) webApp.loadClass(UpgradeServlet.class.getName())
                .getConstructor()
                .newInstance();
        servlet.init(config);
        servlet.destroy();
    }

    private static void assertAllLoaded(WebApp webApp) throws Exception {
        List<String> files = classFiles(classesOf(UpgradeServlet.class));
        assertTrue(files.size() > 100, () -> files.size() + " classes");
        List<String> missing = files.stream()
                .map(each ->
                        each.substring(0, each.length() - ".class".length()).replace('/', '.'))
                .filter(each -> !webApp.hasLoaded(each))
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void allAreLoadedFromADirectory() throws Exception {
        try (WebApp webApp = new WebApp(
                classesOf(UpgradeServlet.class).toUri().toURL(),
                classesOf(Handler.class).toUri().toURL())) {
            startServlet(webApp);
            assertAllLoaded(webApp);
        }
    }

    @Test
    void allAreLoadedFromAJar(@TempDir Path directory) throws Exception {
        Path classes = classesOf(UpgradeServlet.class);
        Path jar = directory.resolve("library.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (String each : classFiles(classes)) {
                out.putNextEntry(new ZipEntry(each));
                Files.copy(classes.resolve(each), out);
            }
        }
        try (WebApp webApp =
                new WebApp(jar.toUri().toURL(), classesOf(Handler.class).toUri().toURL())) {
            startServlet(webApp);
            assertAllLoaded(webApp);
        }
    }
}
