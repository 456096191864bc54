package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;

/** A stock Tomcat. */
class TomcatConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat("tomcat-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "Tomcat";
    }

    @Override
    String path() {
        return "/echo/deflate";
    }
}
