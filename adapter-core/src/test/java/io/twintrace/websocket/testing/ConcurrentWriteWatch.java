package io.twintrace.websocket.testing;

import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.WideWindow;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The extension behind {@link NoConcurrentWrites}. As a field with {@code @RegisterExtension} it also tells a test what
 * it saw, for tests in which a conflict is to happen.
 */
public final class ConcurrentWriteWatch
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    private final Queue<ConcurrentWriteReport> seen = new ConcurrentLinkedQueue<>();
    private final ConcurrentWriteListener listener = seen::add;
    private final int widenMicros;
    private boolean wholeClass;

    /** For the annotation, which also says how far to widen the window; without one, not at all. */
    public ConcurrentWriteWatch() {
        this(0);
    }

    /** @param widenMicros see {@link NoConcurrentWrites#widenMicros()} */
    public ConcurrentWriteWatch(int widenMicros) {
        this.widenMicros = widenMicros;
    }

    /** The conflicts since the test began, which it has expected: they do not fail it any more. */
    public List<ConcurrentWriteReport> takeExpected() {
        List<ConcurrentWriteReport> taken = List.copyOf(seen);
        seen.removeAll(taken);
        return taken;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        wholeClass = true;
        begin(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        begin(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        end(!wholeClass);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        end(true);
    }

    private void begin(ExtensionContext context) {
        int micros = AnnotationSupport.findAnnotation(context.getElement(), NoConcurrentWrites.class)
                .or(() -> AnnotationSupport.findAnnotation(context.getTestClass(), NoConcurrentWrites.class))
                .map(NoConcurrentWrites::widenMicros)
                .orElse(widenMicros);
        if (micros > 0) {
            WideWindow.open(Duration.ofNanos(micros * 1000L));
        }
        ConcurrentWrites.addListener(listener);
    }

    private void end(boolean last) {
        if (last) {
            ConcurrentWrites.removeListener(listener);
            WideWindow.shut();
        }
        List<ConcurrentWriteReport> unexpected = takeExpected();
        if (!unexpected.isEmpty()) {
            throw new AssertionError(unexpected.stream()
                    .map(ConcurrentWriteReport::render)
                    .collect(Collectors.joining("\n", "two threads wrote to one WebSocket connection\n", "")));
        }
    }
}
