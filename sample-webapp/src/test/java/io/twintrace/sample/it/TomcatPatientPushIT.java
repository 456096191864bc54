package io.twintrace.sample.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A stock Tomcat, by a listener that may block, which Tomcat's own threads must not call. */
class TomcatPatientPushIT extends RunningSample implements EchoTests, FlowTests {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat("tomcat-patient", Wars.changed("war-patient", TomcatPatientPushIT::makePatient));
    }

    @Override
    public SampleServer server() {
        return super.server().push();
    }

    private static void makePatient(Path root) throws IOException {
        String file = PatientEchoListener.class.getName().replace('.', '/') + ".class";
        Path target = root.resolve("WEB-INF/classes/" + file);
        Files.createDirectories(target.getParent());
        try (InputStream in = PatientEchoListener.class.getClassLoader().getResourceAsStream(file)) {
            Files.copy(in, target);
        }
        Path webXml = root.resolve("WEB-INF/web.xml");
        String listener = "io.twintrace.sample.EchoListener";
        String changed = Files.readString(webXml).replace(listener, PatientEchoListener.class.getName());
        Files.writeString(webXml, changed);
    }
}
