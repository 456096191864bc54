package io.twintrace.sample.it;

/** An embedded Undertow, as far as every build tries it. */
class UndertowEchoIT extends RunningSample implements EchoTests, RaceTests {
    @Override
    SampleServer start() throws Exception {
        return Servers.undertow("undertow-echo", Servers.WAR);
    }
}
