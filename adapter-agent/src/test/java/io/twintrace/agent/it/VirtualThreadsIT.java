package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.gallery.Gallery;
import io.twintrace.gallery.jakarta.Mistakes;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Virtual threads have no names. The report says that they are virtual. */
class VirtualThreadsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String NAME = "VirtualThreadFanOut";
    private static final Pattern BOTH = Pattern.compile(
            "VirtualThreadFanOut\\.push\\w+\\(.*\\) on thread #\\d+ \\(virtual\\) called RemoteEndpoint\\.sendText"
                    + " while .*VirtualThreadFanOut\\.push\\w+\\(.*\\) on thread #\\d+ \\(virtual\\) was in");

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_11", "JETTY", "UNDERTOW"})
    @EnabledForJreRange(min = JRE.JAVA_21)
    void theReportSaysThatBothThreadsAreVirtual(Container container) throws Exception {
        try (ContainerProcess process = ContainerProcess.start(container, AgentJar.options());
                Client client = Client.open(process.uri(Gallery.MISTAKES + NAME))) {
            client.send("go").join();
            String report = process.await(
                    "the report",
                    PATIENCE,
                    line -> Reports.names(
                            line, Gallery.MISTAKES + NAME, Mistakes.gallery().atFault(NAME)));
            assertTrue(BOTH.matcher(report).find(), report);
        }
    }
}
