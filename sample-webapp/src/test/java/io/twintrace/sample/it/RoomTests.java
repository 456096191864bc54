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
                send("here " + i, clients.get(i), clients);
            }
            send("hear, hear", clients.get(2), clients);
        } finally {
            clients.forEach(JdkClient::close);
        }
    }

    /**
     * Sends a message, and awaits it everywhere. A connection may hear what was said before as well, because it may have
     * joined while that was still being sent to the others.
     */
    private static void send(String text, JdkClient sender, List<JdkClient> all) throws Exception {
        sender.send(text);
        for (JdkClient client : all) {
            String heard = client.receive();
            while (heard.startsWith("here ") && !heard.equals(text)) {
                heard = client.receive();
            }
            assertEquals(text, heard);
        }
    }

    @Test
    default void whatIsSaidInTheChatIsHeardByAllAndWhoLeavesIsMissed() throws Exception {
        try (JdkClient ann = JdkClient.open(server().ws("/chat"));
                JdkClient bob = JdkClient.open(server().ws("/chat"))) {
            ann.send("{\"type\":\"join\",\"name\":\"Ann\"}");
            assertEquals("{\"people\":[\"Ann\"],\"type\":\"welcome\",\"you\":\"Ann\"}", sorted(welcome(ann)));
            bob.send("{\"type\":\"join\",\"name\":\"Bob\"}");
            assertEquals("{\"people\":[\"Ann\",\"Bob\"],\"type\":\"welcome\",\"you\":\"Bob\"}", sorted(welcome(bob)));
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
            welcome(first);
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
        return welcome(client);
    }

    /** Returns the welcome without its node, after the last messages, which other tests may have sent; or a refusal. */
    private static String welcome(JdkClient client) throws Exception {
        while (true) {
            JsonObject received = JsonParser.parseString(client.receive()).getAsJsonObject();
            if (!received.get("type").getAsString().equals("said")) {
                received.remove("node");
                return received.toString();
            }
        }
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
