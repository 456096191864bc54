package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.RepeatedTest;

/** Two threads write to one connection: both fail, the log names both, and the peer gets a Close. */
interface RaceTests extends PageTests {
    Set<String> WRITERS = Set.of("writeFromHeartbeat", "writeFromRequest");

    @RepeatedTest(20)
    default void bothWritersAreInTheLogAndTheReportAndThePeerGets1011() throws Exception {
        String run = UUID.randomUUID().toString();
        try (RawClient client = open("/race?run=" + run)) {
            client.send(RawClient.text("go"));
            assertEquals(1011, client.readToClose());
        }
        JsonObject report = report(run);
        JsonObject first = report.getAsJsonObject("first");
        JsonObject second = report.getAsJsonObject("second");
        assertEquals(
                Set.of("\"race-writer-1\"", "\"race-writer-2\""),
                Stream.of(first, second)
                        .map(side -> side.get("thread").getAsString().replaceFirst(" \\(#\\d+\\)", ""))
                        .collect(Collectors.toSet()));
        assertEquals(
                WRITERS,
                Stream.of(first, second).map(RaceTests::collidingMethod).collect(Collectors.toSet()));
        assertEquals(methodOf(first), collidingMethod(first));
        assertEquals(methodOf(second), collidingMethod(second));

        String summary = report.get("summary").getAsString();
        String logged = Await.until(
                "both stacks in the server's log",
                () -> section(server().log(), summary),
                section -> WRITERS.stream().allMatch(section::contains));
        assertTrue(logged.contains("\"race-writer-1\"") && logged.contains("\"race-writer-2\""), logged);
    }

    /** The report may come a moment after the Close. */
    private JsonObject report(String run) throws Exception {
        HttpResponse<String> response =
                Await.until("the report", () -> get("/race/report?run=" + run), answer -> answer.statusCode() == 200);
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    /** The method that a thread of that name calls. */
    private static String methodOf(JsonObject side) {
        return side.get("thread").getAsString().contains("race-writer-1") ? "writeFromHeartbeat" : "writeFromRequest";
    }

    /** The method of the one frame that the page marks. */
    private static String collidingMethod(JsonObject side) {
        String frame = StreamSupport.stream(side.getAsJsonArray("stack").spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .filter(element -> element.get("colliding").getAsBoolean())
                .map(element -> element.get("frame").getAsString())
                .collect(Collectors.joining());
        return frame.replaceFirst(".*RaceServlet\\.(\\w+)\\(RaceServlet.java:\\d+\\)", "$1");
    }

    /** From one entry's first line to the next conflict, or the end. */
    private static String section(String log, String summary) {
        int begin = log.indexOf(summary);
        if (begin < 0) {
            return "";
        }
        int end = log.indexOf("Concurrent write to WebSocket", begin + summary.length());
        return end < 0 ? log.substring(begin) : log.substring(begin, end);
    }
}
