package io.twintrace.sample.it;

import org.junit.jupiter.api.Tag;

/** A stock Jetty with the environment EE11, by listeners. */
@Tag("containers")
class JettyHomeEe11PushIT extends PushSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHome("jetty-home-ee11", Servers.WAR, "http,ee11-deploy");
    }
}
