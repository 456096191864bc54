package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;
import org.junit.jupiter.api.Tag;

/** A stock WildFly, by listeners. */
@Tag("containers")
class WildFlyPushConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.wildFly("wildfly-push-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "WildFly, push";
    }

    @Override
    String path() {
        return "/echo/push/deflate";
    }
}
