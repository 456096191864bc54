package io.twintrace.sample.it;

import org.junit.jupiter.api.Tag;

/** A stock WildFly, by listeners. */
@Tag("containers")
class WildFlyPushIT extends PushSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.wildFly("wildfly", Servers.WAR);
    }
}
