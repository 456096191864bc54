package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;
import org.junit.jupiter.api.Tag;

/** A stock Tomcat 10.1, by listeners. */
@Tag("containers")
class Tomcat10PushConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat10("tomcat10-push-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "Tomcat 10.1, push";
    }

    @Override
    String path() {
        return "/echo/push/deflate";
    }
}
