package io.twintrace.sample.it;

/** A stock Jetty, by listeners. */
class JettyHomePushIT extends PushSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHome("jetty-home", Servers.WAR);
    }
}
