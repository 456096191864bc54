package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;
import org.junit.jupiter.api.Tag;

/** A stock Tomcat 10.1. */
@Tag("containers")
class Tomcat10ConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat10("tomcat10-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "Tomcat 10.1";
    }

    @Override
    String path() {
        return "/echo/deflate";
    }
}
