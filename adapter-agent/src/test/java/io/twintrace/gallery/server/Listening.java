package io.twintrace.gallery.server;

import java.io.IOException;

/** What all programs have in common. */
final class Listening {
    /** The loopback interface. */
    static final String HOST = "127.0.0.1";

    private Listening() {}

    /** Tells the port, and ends the process with its standard input. */
    static void on(int port) throws IOException {
        System.out.println("listening on " + port);
        while (System.in.read() >= 0) {
            // Nothing is expected.
        }
        Runtime.getRuntime().halt(0); // without the closing handshakes
    }
}
