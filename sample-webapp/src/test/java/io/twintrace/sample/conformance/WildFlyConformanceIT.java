package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;
import org.junit.jupiter.api.Tag;

/** A stock WildFly. */
@Tag("containers")
class WildFlyConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.wildFly("wildfly-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "WildFly";
    }

    @Override
    String path() {
        return "/echo/deflate";
    }
}
