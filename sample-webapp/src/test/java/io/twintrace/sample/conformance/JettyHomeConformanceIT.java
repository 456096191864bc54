package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;

/** A stock Jetty. */
class JettyHomeConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHome("jetty-home-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "Jetty";
    }

    @Override
    String path() {
        return "/echo/deflate";
    }
}
