package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;
import org.junit.jupiter.api.Tag;

/** An embedded Undertow, by listeners. */
@Tag("containers")
class UndertowPushConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.undertow("undertow-push-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "Undertow, push";
    }

    @Override
    String path() {
        return "/echo/push/deflate";
    }
}
