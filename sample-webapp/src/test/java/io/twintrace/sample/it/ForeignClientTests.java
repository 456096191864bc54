package io.twintrace.sample.it;

import org.junit.jupiter.api.Test;

/** A client that shares no line with this library: Python's websockets. */
interface ForeignClientTests extends OnServer {
    @Test
    default void pythonsWebsocketsGetsAlongWithEveryServlet() throws Exception {
        ForeignProgram.PYTHON.run("/foreign_client.py", server().ws("").toString());
    }
}
