package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.RawClient;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An operator stops the server: every peer is told before its connection ends, and the process ends soon. */
class ShutdownIT {
    enum Kind {
        JAVA_JAR {
            @Override
            SampleServer start(Path war) throws Exception {
                return Servers.javaJar("java-jar-stop", war);
            }
        },
        /** Without the module "graceful" Jetty's stop timeout is zero, and it cuts all connections off at once. */
        JETTY_HOME {
            @Override
            SampleServer start(Path war) throws Exception {
                return Servers.jettyHome("jetty-home-stop", war, "http,ee10-deploy,graceful");
            }
        },
        TOMCAT {
            @Override
            SampleServer start(Path war) throws Exception {
                return Servers.tomcat("tomcat-stop", war);
            }
        };

        abstract SampleServer start(Path war) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void peersAreToldAndTheProcessEnds(Kind kind) throws Exception {
        try (SampleServer server = kind.start(Servers.WAR);
                RawClient polite = open(server, "/echo");
                RawClient silent = open(server, "/chat")) {
            long begin = System.nanoTime();
            server.process().terminate();
            assertEquals(1001, polite.read().closeCode());
            polite.send(RawClient.close(1001));
            polite.awaitEnd();
            assertEquals(1001, silent.read().closeCode());
            server.process().awaitExit();
            assertTrue(System.nanoTime() - begin < 12e9, "the process has taken more than 12 s to end");
        }
    }

    /** Connected, and served: an answer has come. */
    private static RawClient open(SampleServer server, String path) throws Exception {
        RawClient client = RawClient.open(server.port(), server.path(path));
        client.send(RawClient.text("{}"));
        client.read();
        return client;
    }
}
