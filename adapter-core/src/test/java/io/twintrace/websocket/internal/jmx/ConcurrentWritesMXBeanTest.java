package io.twintrace.websocket.internal.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.ConnectionActivity;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The MXBean as a console sees it. */
class ConcurrentWritesMXBeanTest {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private static ObjectName name(String application, String more) throws Exception {
        return new ObjectName("io.twintrace.websocket:type=ConcurrentWrites,application=\"" + application + '"' + more);
    }

    @Test
    void theBeanTellsCountersAndTheLastReports() throws Exception {
        Registration registration = Registration.of("/tells");
        try {
            collide();
            ObjectName name = name("/tells", "");
            assertEquals(ConcurrentWrites.detected(), SERVER.getAttribute(name, "Detected"));
            assertEquals(ConcurrentWrites.failedLater(), SERVER.getAttribute(name, "FailedLater"));
            String[] summaries = (String[]) SERVER.getAttribute(name, "LastSummaries");
            String[] reports = (String[]) SERVER.getAttribute(name, "LastReports");
            assertEquals(summaries.length, reports.length);
            String newest = reports[reports.length - 1];
            assertTrue(newest.startsWith(summaries[summaries.length - 1]), newest);
            assertTrue(newest.contains("connection 3 (/jmx)"), newest);
            assertTrue(newest.contains("The first writer: "), newest);
        } finally {
            registration.close();
        }
        assertFalse(SERVER.isRegistered(name("/tells", "")));
    }

    /** From a directory of classes, as in this build. */
    @Test
    void withoutAJarTheVersionIsUnknown() throws Exception {
        try (Registration registration = Registration.of("/unknown")) {
            assertEquals(
                    "unknown", SERVER.getAttribute(name("/unknown", ""), "LibraryVersion"), registration::toString);
        }
    }

    /** {@code LibraryJarsIT} looks at the jar itself. */
    @Test
    void theVersionIsTheOneThatMavenHasPutIntoTheJar(@TempDir Path jar) throws Exception {
        Path file = jar.resolve("META-INF/maven/io.twintrace/adapter-core/pom.properties");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "groupId=io.twintrace\nversion=1.2.3\n");
        URL classes = Registration.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader copy =
                new URLClassLoader(new URL[] {classes, jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = Class.forName(Registration.class.getName(), true, copy);
            try (AutoCloseable registration =
                    (AutoCloseable) type.getMethod("of", String.class).invoke(null, "/jar")) {
                assertEquals("1.2.3", SERVER.getAttribute(name("/jar", ""), "LibraryVersion"), registration::toString);
            }
        }
    }

    private static void collide() throws Exception {
        WriteDetector detector = new WriteDetector(
                new ConnectionId(3, "/jmx"), DetectorLevel.MESSAGES, ConnectionActivity.UNKNOWN, report -> {});
        detector.enter(Operation.WRITE_MESSAGE);
        Thread second = new Thread(() -> {
            try {
                detector.enter(Operation.WRITE_MESSAGE);
            } catch (ConcurrentWriteException e) {
                // The second writer fails at once.
            }
        });
        second.start();
        second.join();
        try {
            detector.leave(Operation.WRITE_MESSAGE, null);
        } catch (ConcurrentWriteException e) {
            // The first writer fails at its end.
        }
    }

    @Test
    void servletsOfOneApplicationShareTheBeanAndTheLastOneRemovesIt() throws Exception {
        Registration one = Registration.of("/shared");
        Registration two = Registration.of("/shared");
        one.close();
        one.close();
        assertTrue(SERVER.isRegistered(name("/shared", "")));
        two.close();
        assertFalse(SERVER.isRegistered(name("/shared", "")));
    }

    @Test
    void anotherCopyOfTheLibraryOnTheSamePathGetsANumber() throws Exception {
        ObjectName taken = name("/twice", "");
        SERVER.registerMBean(new ConcurrentWritesBean(), taken);
        Registration registration = Registration.of("/twice");
        try {
            assertTrue(SERVER.isRegistered(name("/twice", ",copy=2")));
            registration.close();
            assertTrue(SERVER.isRegistered(taken));
            assertFalse(SERVER.isRegistered(name("/twice", ",copy=2")));
        } finally {
            SERVER.unregisterMBean(taken);
        }
    }
}
