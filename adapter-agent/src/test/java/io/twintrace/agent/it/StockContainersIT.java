package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.gallery.Gallery;
import io.twintrace.gallery.jakarta.Mistakes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A WAR in a container as it is downloaded, which knows nothing of Twintrace but the option of its JVM. */
class StockContainersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> NAMES = List.of("HeartbeatScheduler", "TwoLocks", "ParallelStream");

    @TempDir
    private Path base;

    @ParameterizedTest
    @EnumSource
    void theContainersLogNamesTheTwoMethods(StockContainer container) throws Exception {
        GalleryWar.create(StockContainer.rootWar(base));
        try (ContainerProcess process = container.start(base, AgentJar.option())) {
            for (String name : NAMES) {
                try (Client client = Client.open(process.uri(Gallery.MISTAKES + name))) {
                    client.send("go").join();
                    process.await(name, PATIENCE, line -> names(line, name));
                }
            }
        }
        if (!container.writesLogFiles()) {
            return;
        }
        List<String> log = StockContainer.logFiles(base);
        for (String name : NAMES) {
            assertTrue(log.stream().anyMatch(line -> names(line, name)), () -> String.join("\n", log));
        }
    }

    private static boolean names(String line, String mistake) {
        Set<String> methods = Mistakes.gallery().atFault(mistake);
        return Reports.names(line, Gallery.MISTAKES + mistake, methods);
    }
}
