package io.twintrace.sample.it;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;

/** What every test of the running sample needs. */
interface OnServer {
    SampleServer server();

    /** A raw connection to one of the sample's servlets. */
    default RawClient open(String path) throws IOException {
        return RawClient.open(server().port(), server().path(path));
    }
}
