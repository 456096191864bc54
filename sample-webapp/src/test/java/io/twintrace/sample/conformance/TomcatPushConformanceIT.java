package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;

/** A stock Tomcat, by listeners. */
class TomcatPushConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat("tomcat-push-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "Tomcat, push";
    }

    @Override
    String path() {
        return "/echo/push/deflate";
    }
}
