package io.twintrace.sample.it;

import org.junit.jupiter.api.Nested;

/** A stock Jetty with two environments, and the same WAR in each. */
class JettyHomeEe10AndEe11IT extends RunningSample {
    @Override
    SampleServer start() throws Exception {
        return Servers.jettyHomeWithEe10AndEe11("jetty-home-both", Servers.WAR);
    }

    private SampleServer at(String contextPath) {
        return server().at(contextPath);
    }

    @Nested
    class Ee10 implements EchoTests, RaceTests {
        @Override
        public SampleServer server() {
            return at("/ee10");
        }
    }

    @Nested
    class Ee11 implements EchoTests, RaceTests {
        @Override
        public SampleServer server() {
            return at("/ee11");
        }
    }

    @Nested
    class Ee11Push implements EchoTests {
        @Override
        public SampleServer server() {
            return at("/ee11").push();
        }
    }
}
