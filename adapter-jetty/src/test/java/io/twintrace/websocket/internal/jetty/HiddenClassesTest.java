package io.twintrace.websocket.internal.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.io.EndPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Web applications do not see Jetty's classes, and need not be configured to. */
class HiddenClassesTest {
    /** What WEB-INF/jetty-ee10-web.xml had to show in earlier versions of this library. */
    private static final String[] ALL = {
        "org.eclipse.jetty.server.",
        "org.eclipse.jetty.io.",
        "org.eclipse.jetty.util.",
        "org.eclipse.jetty.http.",
        "org.eclipse.jetty.ee10.servlet."
    };

    @TempDir
    private Path directory;

    private static void assertEchoes(DeployedApp app, Class<?> handler) throws Exception {
        try (RawClient client = app.open(handler)) {
            String text = "é".repeat(100_000);
            client.send(RawClient.text(text));
            assertEquals(text, client.read().text());
            client.send(RawClient.close(1000));
            assertEquals(1000, client.readToClose());
        }
    }

    private static void assertServes(DeployedApp app) throws Exception {
        assertEchoes(app, DeployedApp.Echo.class);
        assertEchoes(app, DeployedApp.Push.class);
        try (RawClient client = app.open(DeployedApp.Race.class)) {
            assertEquals(1011, client.readToClose());
        }
    }

    @Test
    void allServletsOfAnApplicationShareOneClassLoader() throws Exception {
        try (DeployedApp app = new DeployedApp(directory)) {
            app.deploy();
            assertServes(app);
            try (RawClient one = app.openAndEcho(DeployedApp.Echo.class);
                    RawClient other = app.openAndEcho(DeployedApp.Push.class)) {
                List<ClassLoader> loaders = app.connectionLoaders();
                assertEquals(1, loaders.size(), loaders::toString);
                assertSame(app.classLoader(), loaders.get(0).getParent());
                one.send(RawClient.close(1000));
                other.send(RawClient.close(1000));
            }
        }
    }

    @Test
    void anApplicationThatSeesThemNeedsNoOtherClassLoader() throws Exception {
        try (DeployedApp app = new DeployedApp(directory)) {
            app.deploy(ALL);
            assertServes(app);
            try (RawClient client = app.openAndEcho(DeployedApp.Echo.class)) {
                assertEquals(List.of(app.classLoader()), app.connectionLoaders());
                client.send(RawClient.close(1000));
            }
        }
    }

    @Test
    void anApplicationMaySeeSomeOfThem() throws Exception {
        try (DeployedApp app = new DeployedApp(directory)) {
            app.deploy("org.eclipse.jetty.server.");
            assertServes(app);
        }
    }

    /** Such as those of Jetty's HTTP client. */
    @Test
    void anApplicationMayBringSomeOfThemItself() throws Exception {
        try (DeployedApp app = new DeployedApp(directory)) {
            Path jar = Path.of(EndPoint.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path lib = Files.createDirectories(directory.resolve("WEB-INF/lib"));
            Files.copy(jar, lib.resolve(jar.getFileName()));
            app.deploy();
            assertServes(app);
        }
    }

    /** Connections may use up all file descriptors before the first one closes. */
    @Test
    void noMoreClassesAreReadOnceTheServletsHaveStarted() throws Exception {
        try (DeployedApp app = new DeployedApp(directory)) {
            app.deploy();
            deleteAll(directory.resolve("WEB-INF"));
            assertServes(app);
        }
    }

    private static void deleteAll(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Files.delete(each);
            }
        }
    }
}
