package io.twintrace.websocket.internal.jmx;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this copy of the library. */
final class LibraryVersion {
    private static final String UNKNOWN = "unknown";

    /**
     * Maven puts this file into the jar. The manifest has the version too, but not for classes on the module path, and
     * in a jar of several libraries it is that of the application.
     */
    private static final String FILE = "/META-INF/maven/io.twintrace/adapter-core/pom.properties";

    private LibraryVersion() {}

    /** Returns the version; "unknown" if the classes are not from a jar, or from one that leaves Maven's file out. */
    static String read() {
        try (InputStream in = LibraryVersion.class.getResourceAsStream(FILE)) {
            if (in == null) {
                return UNKNOWN;
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", UNKNOWN);
        } catch (IOException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }
}
