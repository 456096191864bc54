package io.twintrace.websocket.jetty;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.ee10.webapp.WebAppContext;

/** A web application in a directory, as Jetty deploys it. */
public final class WebApp {
    private WebApp() {}

    /** Its start fails if the start of a servlet fails. */
    public static WebAppContext in(Path directory) {
        WebAppContext context = new WebAppContext(directory.toString(), "/");
        context.setThrowUnavailableOnStartupException(true);
        return context;
    }

    /** Copies a class to a place where Jetty finds it by scanning. */
    public static void copyClass(Class<?> type, Path directory) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        Path file = directory.resolve("WEB-INF/classes").resolve(name);
        Files.createDirectories(file.getParent());
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
            Files.copy(in, file);
        }
    }
}
