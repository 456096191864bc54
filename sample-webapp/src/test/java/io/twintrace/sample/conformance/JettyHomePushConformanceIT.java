package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;

/** A stock Jetty, by listeners. */
class JettyHomePushConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHome("jetty-home-push-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "Jetty, push";
    }

    @Override
    String path() {
        return "/echo/push/deflate";
    }
}
