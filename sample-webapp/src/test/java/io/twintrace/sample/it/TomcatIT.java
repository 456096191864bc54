package io.twintrace.sample.it;

/** A stock Tomcat. */
class TomcatIT extends SampleSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat("tomcat", Servers.WAR);
    }
}
