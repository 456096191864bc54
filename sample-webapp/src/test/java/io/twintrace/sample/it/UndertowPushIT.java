package io.twintrace.sample.it;

import org.junit.jupiter.api.Tag;

/** An embedded Undertow, by listeners. */
@Tag("containers")
class UndertowPushIT extends PushSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.undertow("undertow", Servers.WAR);
    }
}
