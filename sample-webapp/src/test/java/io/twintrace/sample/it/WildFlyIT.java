package io.twintrace.sample.it;

import org.junit.jupiter.api.Tag;

/** A stock WildFly. */
@Tag("containers")
class WildFlyIT extends SampleSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.wildFly("wildfly", Servers.WAR);
    }
}
