package io.twintrace.websocket.benchmarks.endtoend.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs a server in its own process. It prints the port to standard output once the server listens. It answers each line
 * {@code memory} on standard input with {@link MemoryUse}. The process ends with that input.
 */
final class ServerProcess {
    private ServerProcess() {}

    /** Runs until standard input ends. The only argument is the message limit. */
    static void run(String messageLimit, TestServer server) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING); // Tomcat and Undertow log their start at INFO
        int port = server.start(Integer.parseInt(messageLimit));
        System.out.println("port " + port);
        try {
            answer(server);
        } finally {
            Runtime.getRuntime().halt(0); // skip the closing handshakes
        }
    }

    private static void answer(TestServer server) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = input.readLine()) != null; ) {
            if (line.equals("memory")) {
                System.out.println(MemoryUse.now(server.uncountedBytes()));
            }
        }
    }
}
