package io.twintrace.sample.it;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;

/** Shared by all tests of the running sample. */
interface OnServer {
    SampleServer server();

    /** A raw connection to one of the sample's servlets. */
    default RawClient open(String path) throws IOException {
        return RawClient.open(server().port(), server().path(path));
    }
}
