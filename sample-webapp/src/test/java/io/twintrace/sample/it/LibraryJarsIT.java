package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the library's jars, as the WAR has them, say of themselves. */
class LibraryJarsIT {
    private static final String LIBRARY = "WEB-INF/lib/";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"adapter-core, Twintrace core", "adapter-jetty, Twintrace for Jetty"})
    void theManifestHasTitleVersionAndVendorAndTheLicenseIsThere(String artifact, String title) throws Exception {
        Path jar = extract(artifact);
        try (JarFile open = new JarFile(jar.toFile());
                InputStream license = open.getInputStream(open.getEntry("META-INF/LICENSE"))) {
            Attributes manifest = open.getManifest().getMainAttributes();
            assertEquals(title, manifest.getValue(Attributes.Name.IMPLEMENTATION_TITLE));
            assertEquals(version(jar, artifact), manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION));
            assertEquals("Twintrace", manifest.getValue(Attributes.Name.IMPLEMENTATION_VENDOR));
            assertArrayEquals(Files.readAllBytes(Path.of("../LICENSE")), license.readAllBytes());
        }
    }

    @Test
    void theMXBeanHasTheVersionOfTheJar() throws Exception {
        Path jar = extract("adapter-core");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = Class.forName("io.twintrace.websocket.internal.jmx.Registration", true, loader);
            try (AutoCloseable registration =
                    (AutoCloseable) type.getMethod("of", String.class).invoke(null, "/jars")) {
                ObjectName name = new ObjectName("io.twintrace.websocket:type=ConcurrentWrites,application=\"/jars\"");
                assertEquals(
                        version(jar, "adapter-core"),
                        ManagementFactory.getPlatformMBeanServer().getAttribute(name, "LibraryVersion"),
                        registration::toString);
            }
        }
    }

    private Path extract(String artifact) throws IOException {
        try (JarFile war = new JarFile(Servers.WAR.toFile())) {
            String entry = war.stream()
                    .map(each -> each.getName())
                    .filter(each -> each.matches(LIBRARY + artifact + "-\\d.*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + artifact + " in " + Servers.WAR));
            Path jar = directory.resolve(entry.substring(LIBRARY.length()));
            try (InputStream in = war.getInputStream(war.getEntry(entry))) {
                Files.copy(in, jar);
            }
            return jar;
        }
    }

    /** The version in the name of the file. */
    private static String version(Path jar, String artifact) {
        return jar.getFileName().toString().replace(artifact + "-", "").replace(".jar", "");
    }
}
