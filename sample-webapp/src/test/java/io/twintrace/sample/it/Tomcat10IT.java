package io.twintrace.sample.it;

import org.junit.jupiter.api.Tag;

/** A stock Tomcat 10.1. */
@Tag("containers")
class Tomcat10IT extends SampleSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.tomcat10("tomcat10", Servers.WAR);
    }
}
