package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;
import org.junit.jupiter.api.Tag;

/** A stock Jetty with the environment EE11, by listeners. */
@Tag("containers")
class JettyHomeEe11PushConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHome("jetty-home-push-conformance-ee11", Servers.WAR, "http,ee11-deploy");
    }

    @Override
    String name() {
        return "Jetty EE11, push";
    }

    @Override
    String path() {
        return "/echo/push/deflate";
    }
}
