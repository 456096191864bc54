package io.twintrace.websocket.benchmarks.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void everythingHasADefault() {
        assertEquals(List.of(ServerKind.values()), Options.parse().servers());
        assertEquals(List.of(Workload.values()), Options.parse().workloads());
    }

    @Test
    void listsChoose() {
        Options options = Options.parse(
                "--servers", "push,blocking,netty,jetty-jakarta", "--workloads", "echo-1m", "--seconds", "0.5");
        assertEquals(
                List.of(ServerKind.PUSH, ServerKind.BLOCKING, ServerKind.NETTY, ServerKind.JETTY_JAKARTA),
                options.servers());
        assertEquals(List.of(Workload.ECHO_1M), options.workloads());
        assertEquals(0.5, options.seconds());
    }

    @Test
    void oneSettingForAllServers() {
        assertEquals(List.of("-Xms256m", "-Xmx2g"), Options.parse().serverJvm());
        Options options = Options.parse("--server-jvm", "-Xmx1g  -XX:+UseSerialGC", "--csv", "rounds.csv");
        assertEquals(List.of("-Xmx1g", "-XX:+UseSerialGC"), options.serverJvm());
        assertEquals(Optional.of(Path.of("rounds.csv")), options.csv());
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertNamed("apache", "--servers", "apache");
        assertNamed("--speed", "--speed", "5");
        assertNamed("--svg", "--svg");
    }

    private static void assertNamed(String what, String... args) {
        String message = assertThrows(IllegalArgumentException.class, () -> Options.parse(args))
                .getMessage();
        assertTrue(message.contains(what), message);
    }
}
