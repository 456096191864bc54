package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.JdkClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several connections that hear each other, with the JDK's client. */
interface RoomTests extends OnServer {
    @Test
    default void aBroadcastReachesEveryConnectionTheSendersIncluded() throws Exception {
        List<JdkClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                clients.add(JdkClient.open(server().ws("/broadcast")));
                awaitPlace(clients.get(i), clients);
            }
            clients.get(2).send("hear, hear");
            for (JdkClient client : clients) {
                assertEquals("hear, hear", client.receive());
            }
        } finally {
            clients.forEach(JdkClient::close);
        }
    }

    /** The server's handler may begin after the client's handshake has ended, so the test asks it for an echo. */
    private static void awaitPlace(JdkClient newcomer, List<JdkClient> all) throws Exception {
        newcomer.send("here");
        for (JdkClient client : all) {
            assertEquals("here", client.receive());
        }
    }

    @Test
    default void whatIsSaidInTheChatIsHeardByAllAndWhoLeavesIsMissed() throws Exception {
        try (JdkClient ann = JdkClient.open(server().ws("/chat"));
                JdkClient bob = JdkClient.open(server().ws("/chat"))) {
            ann.send("{\"type\":\"join\",\"name\":\"Ann\"}");
            assertEquals("{\"people\":[\"Ann\"],\"type\":\"welcome\",\"you\":\"Ann\"}", sorted(ann.receive()));
            bob.send("{\"type\":\"join\",\"name\":\"Bob\"}");
            assertEquals("{\"people\":[\"Ann\",\"Bob\"],\"type\":\"welcome\",\"you\":\"Bob\"}", sorted(bob.receive()));
            assertEquals("{\"name\":\"Bob\",\"type\":\"joined\"}", sorted(ann.receive()));

            ann.send("{\"type\":\"say\",\"text\":\"grüß dich\"}");
            for (JdkClient listener : List.of(ann, bob)) {
                JsonObject said = JsonParser.parseString(listener.receive()).getAsJsonObject();
                assertEquals("said", said.get("type").getAsString());
                assertEquals("Ann", said.get("name").getAsString());
                assertEquals("grüß dich", said.get("text").getAsString());
            }
            assertEquals(1000, bob.close(1000));
            assertEquals("{\"name\":\"Bob\",\"type\":\"left\"}", sorted(ann.receive()));
        }
    }

    @Test
    default void aNameIsGivenOnceAndIsFreeAgainWhenItsOwnerVanishes() throws Exception {
        try (JdkClient first = JdkClient.open(server().ws("/chat"));
                JdkClient second = JdkClient.open(server().ws("/chat"))) {
            second.send("{\"type\":\"say\",\"text\":\"too early\"}");
            assertEquals("{\"reason\":\"join first\",\"type\":\"refused\"}", sorted(second.receive()));
            first.send("{\"type\":\"join\",\"name\":\"Eve\"}");
            first.receive();
            String refused = "{\"reason\":\"this name is already taken\",\"type\":\"refused\"}";
            assertEquals(refused, sorted(join(second)));
            first.abort();
            Await.until("the name to be free", () -> sorted(join(second)), answer -> !answer.equals(refused));
        }
    }

    @Test
    default void aMessageThatIsNotJsonEndsOnlyTheConnectionItCameFrom() throws Exception {
        try (JdkClient bad = JdkClient.open(server().ws("/chat"));
                JdkClient good = JdkClient.open(server().ws("/chat"))) {
            bad.send("{\"type\":");
            assertEquals(1007, bad.awaitClose());
            good.send("{\"type\":\"nonsense\"}");
            assertEquals(
                    "{\"reason\":\"the type of a message must be join or say\",\"type\":\"refused\"}",
                    sorted(good.receive()));
        }
    }

    private static String join(JdkClient client) throws Exception {
        client.send("{\"type\":\"join\",\"name\":\"Eve\"}");
        return client.receive();
    }

    /** The same JSON with its members sorted by name, since their order within an object is arbitrary. */
    private static String sorted(String json) {
        JsonObject sorted = new JsonObject();
        JsonParser.parseString(json).getAsJsonObject().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(entry -> sorted.add(entry.getKey(), entry.getValue()));
        return sorted.toString();
    }
}
