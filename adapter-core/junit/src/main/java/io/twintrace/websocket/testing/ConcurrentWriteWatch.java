package io.twintrace.websocket.testing;

import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.WideWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The extension behind {@link NoConcurrentWrites}. As a field with {@code @RegisterExtension} it also tells a test what
 * it saw, for tests that cause a conflict.
 *
 * <p>When a test fails by itself after a conflict, most likely because its connection is gone, it fails with the
 * conflict, and its own failure is suppressed under that.
 */
public final class ConcurrentWriteWatch
        implements BeforeAllCallback,
                AfterAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    /** For a report that is on its way. It takes long if a listener of the application does. */
    private static final Duration LONGEST_REPORT = Duration.ofSeconds(10);

    private final Queue<ConcurrentWriteReport> seen = new ConcurrentLinkedQueue<>();
    private final ConcurrentWriteListener listener = seen::add;
    private final int widenMicros;

    /** The classes and tests that have begun and not ended. Tests may run in parallel. Guarded by this. */
    private int running;

    /** For the annotation, which also says how far to widen the window. Without an annotation it stays as it is. */
    public ConcurrentWriteWatch() {
        this(0);
    }

    /**
     * Creates a watch that also widens the window.
     *
     * @param widenMicros see {@link NoConcurrentWrites#widenMicros()}
     */
    public ConcurrentWriteWatch(int widenMicros) {
        this.widenMicros = widenMicros;
    }

    /**
     * Takes the conflicts since the test began. The test expected them, so they do not fail it any more. Tests of one
     * class that run in parallel have them in common. Waits for reports that are on their way.
     *
     * @return their reports, in the order of their detection
     */
    public List<ConcurrentWriteReport> takeExpected() {
        ConcurrentWrites.awaitReports(LONGEST_REPORT);
        return takeSeen();
    }

    private List<ConcurrentWriteReport> takeSeen() {
        List<ConcurrentWriteReport> taken = new ArrayList<>();
        for (ConcurrentWriteReport each; (each = seen.poll()) != null; ) { // each to one of the tests in parallel
            taken.add(each);
        }
        return taken;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        begin(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        begin(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        end(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        end(context);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable own) throws Throwable {
        throw primary(own);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable own) throws Throwable {
        throw primary(own);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable own) throws Throwable {
        throw primary(own);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable own) throws Throwable {
        throw primary(own);
    }

    @Override
    public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable own) throws Throwable {
        throw primary(own);
    }

    /** The failure of the test: the conflict, if there was one, since the test's own failure followed from it. */
    private Throwable primary(Throwable own) {
        List<ConcurrentWriteReport> unexpected = takeExpected();
        if (unexpected.isEmpty()) {
            return own;
        }
        AssertionError conflict = failure(unexpected);
        conflict.addSuppressed(own);
        return conflict;
    }

    private void begin(ExtensionContext context) {
        listen(1);
        store(context).put(WideWindow.class, WideWindow.open(window(context)));
    }

    private synchronized void listen(int change) {
        running += change;
        if (running == 0) {
            ConcurrentWrites.removeListener(listener);
        } else {
            ConcurrentWrites.addListener(listener);
        }
    }

    private ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(ExtensionContext.Namespace.create(this));
    }

    private void end(ExtensionContext context) {
        // Writes that are still held up belong to this test.
        LockSupport.parkNanos(window(context).toNanos());
        store(context).remove(WideWindow.class, WideWindow.class).close();
        ConcurrentWrites.awaitReports(LONGEST_REPORT);
        listen(-1);
        List<ConcurrentWriteReport> unexpected = takeSeen();
        if (!unexpected.isEmpty()) {
            throw failure(unexpected);
        }
    }

    private static AssertionError failure(List<ConcurrentWriteReport> conflicts) {
        return new AssertionError(conflicts.stream()
                .map(ConcurrentWriteReport::render)
                .collect(Collectors.joining("\n", "two threads wrote to one WebSocket connection\n", "")));
    }

    /** The annotation of the test, or of the nearest class around it. */
    private Duration window(ExtensionContext context) {
        Optional<NoConcurrentWrites> annotation =
                AnnotationSupport.findAnnotation(context.getElement(), NoConcurrentWrites.class);
        Class<?> around = context.getTestClass().orElse(null);
        while (annotation.isEmpty() && around != null) {
            annotation = AnnotationSupport.findAnnotation(around, NoConcurrentWrites.class);
            around = around.getEnclosingClass();
        }
        return Duration.ofNanos(annotation.map(NoConcurrentWrites::widenMicros).orElse(widenMicros) * 1000L);
    }
}
