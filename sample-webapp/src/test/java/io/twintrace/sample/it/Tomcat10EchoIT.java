package io.twintrace.sample.it;

/** A stock Tomcat 10.1, as far as every build tries it. */
class Tomcat10EchoIT extends RunningSample implements EchoTests, RaceTests {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat10("tomcat10-echo", Servers.WAR);
    }
}
