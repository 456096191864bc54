package io.twintrace.corpus;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.twintrace.websocket.detect.WideWindow;
import io.twintrace.websocket.testkit.LogExcerpt;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The log excerpt of docs/gallery.md matches the log. */
class GalleryLogTest {
    private static final int MAX_RACES = 50;

    @Test
    void theReportOfTheFirstMistake() throws Exception {
        LogExcerpt excerpt = LogExcerpt.of(Path.of("../docs/gallery.md"), "HeartbeatScheduler$Mistaken");
        String log = "";
        for (int i = 0; i < MAX_RACES && !excerpt.isIn(log); i++) { // either of the two may be the second writer
            log = logOfOneRace();
        }
        if (!excerpt.isIn(log)) {
            throw new AssertionError("not in the log:\n" + excerpt + "\nbut:\n" + log);
        }
    }

    private static String logOfOneRace() throws Exception {
        try (WideWindow window = WideWindow.open(Duration.ofMillis(1));
                Site site = Site.running(new HeartbeatScheduler().mistaken(new Failures()))) {
            assertNotNull(window);
            int unused = site.use(1000);
            return site.log();
        }
    }
}
