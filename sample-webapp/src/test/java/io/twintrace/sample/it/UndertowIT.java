package io.twintrace.sample.it;

import org.junit.jupiter.api.Tag;

/** An embedded Undertow. */
@Tag("containers")
class UndertowIT extends SampleSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.undertow("undertow", Servers.WAR);
    }
}
