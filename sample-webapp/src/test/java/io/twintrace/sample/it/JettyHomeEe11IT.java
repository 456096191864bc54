package io.twintrace.sample.it;

/** A stock Jetty with the environment EE11. */
class JettyHomeEe11IT extends SampleSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHome("jetty-home-ee11", Servers.WAR, "http,ee11-deploy");
    }
}
