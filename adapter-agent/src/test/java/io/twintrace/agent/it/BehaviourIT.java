package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application behaves the same with the agent: message for message, exception for exception. */
class BehaviourIT {
    @ParameterizedTest
    @EnumSource
    void theClientAndTheApplicationGetTheSameWithTheAgent(Container container) throws Exception {
        String without = transcript(container, List.of());
        System.out.println(container + " without the agent:\n" + abridged(without));
        assertEquals(without, transcript(container, AgentJar.options()));
    }

    private static String transcript(Container container, List<String> jvmOptions) throws Exception {
        try (ContainerProcess process = ContainerProcess.start(container, jvmOptions)) {
            return Transcript.of(process);
        }
    }

    private static String abridged(String transcript) {
        return transcript.replaceAll("x{100,}", "x...").replaceAll("0{100,}", "0...");
    }
}
