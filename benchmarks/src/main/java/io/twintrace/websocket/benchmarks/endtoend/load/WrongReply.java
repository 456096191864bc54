package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.IOException;

/** Thrown if a server has sent something other than expected. */
final class WrongReply extends IOException {
    private static final long serialVersionUID = 1L;

    WrongReply(String what) {
        super(what);
    }

    static void unless(boolean right, String what) throws WrongReply {
        if (!right) {
            throw new WrongReply(what);
        }
    }
}
