package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.testkit.JdkClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes of the sample behind the proxies that docs/operations.md describes. */
class ReverseProxyIT {
    private static RedisServer redis;
    private static SampleServer one;
    private static SampleServer two;

    enum Kind {
        HAPROXY {
            @Override
            ReverseProxy start(int one, int two) throws Exception {
                return ReverseProxy.haproxy(one, two);
            }
        },
        NGINX {
            @Override
            ReverseProxy start(int one, int two) throws Exception {
                return ReverseProxy.nginx(one, two);
            }
        };

        abstract ReverseProxy start(int one, int two) throws Exception;
    }

    @BeforeAll
    static void start() throws Exception {
        redis = RedisServer.start();
        one = node("proxy-node-one");
        two = node("proxy-node-two");
    }

    private static SampleServer node(String name) throws Exception {
        return Servers.javaJar(name, Servers.WAR, "--redis", redis.uri().toString());
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {one, two, redis}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesOfEverySizeComeBack(Kind kind) throws Exception {
        try (ReverseProxy proxy = kind.start(one.port(), two.port());
                JdkClient client = JdkClient.open(proxy.ws("/echo"))) {
            for (String text : new String[] {"", "hello", "x".repeat(125), "y".repeat(1 << 20)}) {
                client.send(text);
                assertEquals(text, client.receive());
            }
            assertEquals(1000, client.close(1000));
        }
    }
}
