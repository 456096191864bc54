package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A stock Tomcat, by a listener that may block, which Tomcat's own threads must not call; found by its annotation. */
class TomcatPatientPushIT extends RunningSample implements EchoTests, FlowTests {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat("tomcat-patient", Wars.changed("war-patient", TomcatPatientPushIT::makePatient));
    }

    @Override
    public SampleServer server() {
        return super.server().push();
    }

    /** Moves the servlet of web.xml away from this path, and turns on scanning for annotations. */
    private static void makePatient(Path root) throws IOException {
        add(root, PatientEchoListener.class);
        add(root, PatientEchoServlet.class);
        Path webXml = root.resolve("WEB-INF/web.xml");
        String declared = Files.readString(webXml);
        String changed = declared.replace("metadata-complete=\"true\"", "metadata-complete=\"false\"")
                .replace("<url-pattern>/echo/push</url-pattern>", "<url-pattern>/elsewhere</url-pattern>");
        assertTrue(changed.contains("false") && changed.contains("/elsewhere"), "web.xml has changed");
        Files.writeString(webXml, changed);
    }

    private static void add(Path root, Class<?> added) throws IOException {
        String file = added.getName().replace('.', '/') + ".class";
        Path target = root.resolve("WEB-INF/classes/" + file);
        Files.createDirectories(target.getParent());
        try (InputStream in = added.getClassLoader().getResourceAsStream(file)) {
            Files.copy(in, target);
        }
    }
}
