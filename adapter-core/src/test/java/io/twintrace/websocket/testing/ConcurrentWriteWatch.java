package io.twintrace.websocket.testing;

import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.detect.WideWindow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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
 * it saw, for tests in which a conflict is to happen.
 *
 * <p>When a test fails by itself after a conflict, most likely because its connection is gone, the conflict is what it
 * fails with, and its own failure is suppressed under that.
 */
public final class ConcurrentWriteWatch
        implements BeforeAllCallback,
                AfterAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private final Queue<ConcurrentWriteReport> seen = new ConcurrentLinkedQueue<>();
    private final ConcurrentWriteListener listener = seen::add;
    private final int widenMicros;

    /** Of the class, its nested ones and the test that run at the moment, the innermost first. */
    private final Deque<WideWindow> windows = new ArrayDeque<>();

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

    /** What the test is to fail with: the conflict, if there was one, since its own failure followed from that. */
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
        if (windows.isEmpty()) {
            ConcurrentWrites.addListener(listener);
        }
        windows.push(WideWindow.open(window(context)));
    }

    private void end(ExtensionContext context) {
        // Whoever is still being held up is to be judged along with this test.
        LockSupport.parkNanos(window(context).toNanos());
        windows.pop().close();
        if (windows.isEmpty()) {
            ConcurrentWrites.removeListener(listener);
        }
        List<ConcurrentWriteReport> unexpected = takeExpected();
        if (!unexpected.isEmpty()) {
            throw failure(unexpected);
        }
    }

    private static AssertionError failure(List<ConcurrentWriteReport> conflicts) {
        return new AssertionError(conflicts.stream()
                .map(ConcurrentWriteReport::render)
                .collect(Collectors.joining("\n", "two threads wrote to one WebSocket connection\n", "")));
    }

    /** What the test's annotation says, or that of the nearest class around it. */
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
