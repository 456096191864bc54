package io.twintrace.sample.it;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The tests of {@link SampleSuite} for the services that listeners provide, for one kind of server. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class PushSuite implements EchoTests, HostilePeerTests, RoomTests, FlowTests, EverySizeTests {
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
        return server.push();
    }
}
