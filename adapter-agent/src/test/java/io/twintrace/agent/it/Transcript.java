package io.twintrace.agent.it;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the script of {@link io.twintrace.gallery.Behaviour} brings about in a container. */
final class Transcript {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Transcript() {}

    /** Runs it, and returns what the application got, and then what the client got. */
    static String of(ContainerProcess process) throws Exception {
        int before = process.lines().size();
        try (Client client = Client.recording(process.uri("/behaviour"))) {
            client.send("go").join();
            process.await("the end", PATIENCE, before, "behaviour ended"::equals);
            List<String> received = client.awaitTranscript((int) PATIENCE.toSeconds());
            Stream<String> told = process.lines().stream().skip(before).filter(line -> line.startsWith("behaviour "));
            return String.join("\n", Stream.concat(told, received.stream()).toList());
        }
    }
}
