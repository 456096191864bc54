package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application behaves the same with the agent: message for message, exception for exception. */
class BehaviourIT {
    private static final int SECONDS = 20;

    @ParameterizedTest
    @EnumSource
    void theClientAndTheApplicationGetTheSameWithTheAgent(Container container) throws Exception {
        String without = transcript(container, List.of());
        System.out.println(container + " without the agent:\n" + abridged(without));
        assertEquals(without, transcript(container, AgentJar.options()));
    }

    /** What the application got, and then what the client got. */
    private static String transcript(Container container, List<String> jvmOptions) throws Exception {
        try (ContainerProcess process = ContainerProcess.start(container, jvmOptions);
                Client client = Client.recording(process.uri("/behaviour"))) {
            client.send("go").join();
            process.await("the end", Duration.ofSeconds(SECONDS), "behaviour ended"::equals);
            List<String> received = client.awaitTranscript(SECONDS);
            Stream<String> told = process.lines().stream().filter(line -> line.startsWith("behaviour "));
            return String.join("\n", Stream.concat(told, received.stream()).toList());
        }
    }

    private static String abridged(String transcript) {
        return transcript.replaceAll("x{100,}", "x...").replaceAll("0{100,}", "0...");
    }
}
