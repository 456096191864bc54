package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;
import org.junit.jupiter.api.Tag;

/** An embedded Undertow. */
@Tag("containers")
class UndertowConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.undertow("undertow-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "Undertow";
    }

    @Override
    String path() {
        return "/echo/deflate";
    }
}
