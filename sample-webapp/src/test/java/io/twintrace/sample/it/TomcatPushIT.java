package io.twintrace.sample.it;

/** A stock Tomcat, by listeners. */
class TomcatPushIT extends PushSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat("tomcat", Servers.WAR);
    }
}
