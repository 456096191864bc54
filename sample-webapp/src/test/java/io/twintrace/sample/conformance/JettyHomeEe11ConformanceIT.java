package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;
import org.junit.jupiter.api.Tag;

/** A stock Jetty with the environment EE11. */
@Tag("containers")
class JettyHomeEe11ConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHome("jetty-home-conformance-ee11", Servers.WAR, "http,ee11-deploy");
    }

    @Override
    String name() {
        return "Jetty EE11";
    }

    @Override
    String path() {
        return "/echo/deflate";
    }
}
