package io.twintrace.sample.it;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** All tests of the running sample, for one kind of server. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class SampleSuite
        implements RaceTests,
                EchoTests,
                HostilePeerTests,
                RoomTests,
                FlowTests,
                ForeignClientTests,
                EverySizeTests,
                BrowserTests {
    private SampleServer server;

    abstract SampleServer start() throws Exception;

    @BeforeAll
    void startServer() throws Exception {
        server = start();
    }

    @AfterAll
    void endServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    public SampleServer server() {
        return server;
    }
}
