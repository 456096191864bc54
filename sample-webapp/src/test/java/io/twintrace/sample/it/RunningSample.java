package io.twintrace.sample.it;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Starts the sample on one kind of server for all tests of a class. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class RunningSample {
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

    public SampleServer server() {
        return server;
    }
}
