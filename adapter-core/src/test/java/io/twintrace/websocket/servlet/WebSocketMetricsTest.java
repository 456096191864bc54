package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What fails while a servlet stops keeps nothing of it. */
class WebSocketMetricsTest {
    private static final class Stopped implements WebSocketMetrics.Listener {
        private final List<WebSocketMetrics> stopped = new ArrayList<>();

        @Override
        public void started(WebSocketMetrics metrics) {
            // Only the end counts.
        }

        @Override
        public void stopped(WebSocketMetrics metrics) {
            stopped.add(metrics);
        }
    }

    private static final class Failing implements WebSocketMetrics.Listener {
        @Override
        public void started(WebSocketMetrics metrics) {
            // Only the end counts.
        }

        @Override
        public void stopped(WebSocketMetrics metrics) {
            throw new InternalError("made by hand");
        }
    }

    @Test
    void aServletThatCannotBeCountedIsRemoved() {
        Supplier<WebSocketTotals> source = () -> {
            throw new InternalError("made by hand");
        };
        WebSocketMetrics metrics = WebSocketMetrics.join("/scarce", "counts", source);
        assertTrue(WebSocketMetrics.running().contains(metrics));
        metrics.leave(source);
        assertFalse(WebSocketMetrics.running().contains(metrics));
    }

    @Test
    void aListenerThatFailsKeepsNoOtherOneFromTheEnd() {
        Failing failing = new Failing();
        Stopped next = new Stopped();
        Supplier<WebSocketTotals> source = () -> WebSocketTotals.NONE;
        WebSocketMetrics metrics = WebSocketMetrics.join("/scarce", "listeners", source);
        WebSocketMetrics.addListener(failing);
        WebSocketMetrics.addListener(next);
        try {
            metrics.leave(source);
        } finally {
            WebSocketMetrics.removeListener(failing);
            WebSocketMetrics.removeListener(next);
        }
        assertEquals(List.of(metrics), next.stopped);
    }
}
