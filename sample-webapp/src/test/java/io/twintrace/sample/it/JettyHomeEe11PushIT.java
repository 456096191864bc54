package io.twintrace.sample.it;

/** A stock Jetty with the environment EE11, by listeners. */
class JettyHomeEe11PushIT extends PushSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHome("jetty-home-ee11", Servers.WAR, "http,ee11-deploy");
    }
}
