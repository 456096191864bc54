package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.JdkClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code java -jar sample-webapp.war --redis}, twice: two nodes of one chat. */
class TwoNodesIT {
    private static RedisServer redis;
    private static SampleServer one;
    private static SampleServer two;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisServer.start("--appendonly", "yes");
        one = node("node-one");
        two = node("node-two");
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
    @ValueSource(strings = {"/broadcast", "/broadcast/push"})
    void whatIsSentOnOneNodeArrivesOnTheOther(String path) throws Exception {
        try (JdkClient here = JdkClient.open(one.ws(path));
                JdkClient there = JdkClient.open(two.ws(path))) {
            joined(here, "here");
            joined(there, "there");
            here.send("from here");
            assertEquals("from here", await(there, "from here"));
            there.send("from there");
            assertEquals("from there", await(here, "from there"));
        }
    }

    /** Returns once a connection has heard itself. */
    private static void joined(JdkClient client, String text) throws Exception {
        client.send(text);
        String unused = await(client, text);
    }

    private static String await(JdkClient client, String text) throws Exception {
        String heard = client.receive();
        while (!heard.equals(text)) {
            heard = client.receive();
        }
        return heard;
    }

    @Test
    void theChatGoesOnWhenANodeRestarts() throws Exception {
        SampleServer third = node("node-three");
        List<String> heard = new ArrayList<>();
        String seen;
        try (JdkClient bob = JdkClient.open(two.ws("/chat"))) {
            bob.send("{\"type\":\"join\",\"name\":\"Bob\",\"key\":\"b\"}");
            JsonObject welcomed = next(bob, "welcome");
            try (JdkClient ann = JdkClient.open(third.ws("/chat"))) {
                ann.send("{\"type\":\"join\",\"name\":\"Ann\",\"key\":\"a\"}");
                JsonObject welcome = next(ann, "welcome");
                assertNotEquals(welcomed.get("node"), welcome.get("node"));
                assertTrue(welcome.get("people").toString().contains("Ann"));
                assertEquals("Ann", next(bob, "joined").get("name").getAsString());
                bob.send("{\"type\":\"say\",\"text\":\"one\"}");
                seen = next(ann, "said").get("id").getAsString();
                third.process().terminate();
                assertEquals(1001, ann.awaitClose());
            }
            bob.send("{\"type\":\"say\",\"text\":\"two\"}");
            bob.send("{\"type\":\"say\",\"text\":\"three\"}");
            assertEquals("one", next(bob, "said").get("text").getAsString());
            assertEquals("two", next(bob, "said").get("text").getAsString());
            assertEquals("three", next(bob, "said").get("text").getAsString());
            try (JdkClient ann = JdkClient.open(one.ws("/chat"))) {
                ann.send("{\"type\":\"join\",\"name\":\"Ann\",\"key\":\"a\",\"after\":\"" + seen + "\"}");
                for (JsonObject each = read(ann);
                        !each.get("type").getAsString().equals("welcome");
                        each = read(ann)) {
                    heard.add(each.get("text").getAsString());
                }
            }
        } finally {
            third.close();
        }
        assertEquals(List.of("two", "three"), heard);
    }

    @Test
    void aNameIsGivenOnceOnAllNodes() throws Exception {
        try (JdkClient first = JdkClient.open(one.ws("/chat"))) {
            first.send("{\"type\":\"join\",\"name\":\"Eve\",\"key\":\"secret\"}");
            JsonObject unused = next(first, "welcome");
            try (JdkClient second = JdkClient.open(two.ws("/chat"))) {
                Await.until(
                        "the other node to know Eve",
                        () -> {
                            try (JdkClient another = JdkClient.open(two.ws("/chat"))) {
                                another.send("{\"type\":\"join\",\"name\":\"Eve\",\"key\":\"other\"}");
                                return read(another).get("type").getAsString();
                            }
                        },
                        type -> type.equals("refused"));
                JsonObject welcome = Await.until(
                        "the same Eve to be let in", // the last other one may still be leaving
                        () -> {
                            second.send("{\"type\":\"join\",\"name\":\"Eve\",\"key\":\"secret\"}");
                            return next(second, "welcome", "refused");
                        },
                        answer -> answer.get("type").getAsString().equals("welcome"));
                assertTrue(welcome.get("people").toString().contains("Eve"));
            }
        }
    }

    private static JsonObject next(JdkClient client, String... types) throws Exception {
        JsonObject message = read(client);
        while (!List.of(types).contains(message.get("type").getAsString())) {
            message = read(client);
        }
        return message;
    }

    private static JsonObject read(JdkClient client) throws Exception {
        return JsonParser.parseString(client.receive()).getAsJsonObject();
    }
}
