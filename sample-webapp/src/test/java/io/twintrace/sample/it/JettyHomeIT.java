package io.twintrace.sample.it;

/** A stock Jetty. */
class JettyHomeIT extends SampleSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHome("jetty-home", Servers.WAR);
    }
}
