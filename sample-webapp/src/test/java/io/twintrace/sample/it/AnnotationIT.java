package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.RawClient;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stock containers find a servlet by its annotation. Undertow by itself looks for none. */
@Tag("containers")
class AnnotationIT {
    @ParameterizedTest
    @EnumSource(names = {"JETTY_HOME", "JETTY_HOME_EE11", "TOMCAT", "TOMCAT_10", "WILDFLY"})
    void aServletWithAnAnnotationNeedsNoWebXml(Container container) throws Exception {
        Path war = Wars.withAnnotated("war-annotated", AnnotatedServlet.class);
        try (SampleServer server = container.start("annotated", war);
                RawClient client = RawClient.open(server.port(), server.path("/annotated"))) {
            client.send(RawClient.text("message"));
            assertEquals("message", client.read().text());
        }
    }
}
