package io.twintrace.websocket.detect;

import static io.twintrace.websocket.detect.Actor.assertInside;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.twintrace.websocket.fixture.Guarded;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** From Java 21 on, handlers run on virtual threads, which the detector samples in another way. */
@Timeout(60)
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadWritersTest {
    @Test
    void bothVirtualThreadsFailEachWithTheStackOfTheOther() throws Exception {
        Guarded connection = new Guarded(DetectorLevel.MESSAGES);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        FutureTask<Void> first = start(() -> connection.writeMessage(() -> {
            inside.countDown();
            Actor.await(mayLeave); // unmounted here, like a writer that waits for its socket
        }));
        Actor.await(inside);
        ConcurrentWriteException seconds = failed(start(() -> connection.writeJson(Guarded.Body.NOTHING)));
        mayLeave.countDown();
        ConcurrentWriteException firsts = failed(first);
        assertInside("writeMessage", seconds.getCause().getStackTrace());
        assertInside("writeJson", firsts.getCause().getStackTrace());
    }

    @Test
    void firstWriterThatIsRunningIsSampledToo() throws Exception {
        Guarded connection = new Guarded(DetectorLevel.MESSAGES);
        CountDownLatch inside = new CountDownLatch(1);
        FutureTask<Void> first = start(() -> connection.writeMessage(() -> {
            inside.countDown();
            while (!connection.detector.isPoisoned()) {
                Thread.onSpinWait();
            }
        }));
        Actor.await(inside);
        FutureTask<Void> second = task(() -> connection.writeJson(Guarded.Body.NOTHING));
        new Thread(second).start(); // the first one may hold the only processor for virtual threads
        ConcurrentWriteException seconds = failed(second);
        assertInside("writeMessage", seconds.getCause().getStackTrace());
        assertInside("writeJson", failed(first).getCause().getStackTrace());
    }

    private static FutureTask<Void> task(Guarded.Body body) {
        return new FutureTask<>(() -> {
            body.run();
            return null;
        });
    }

    private static FutureTask<Void> start(Guarded.Body body) throws Exception {
        FutureTask<Void> task = task(body);
        // By reflection, since these tests are compiled for Java 17.
        Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        return task;
    }

    private static ConcurrentWriteException failed(FutureTask<Void> task) throws Exception {
        try {
            task.get(20, TimeUnit.SECONDS);
            throw new AssertionError("did not fail");
        } catch (ExecutionException e) {
            return assertInstanceOf(ConcurrentWriteException.class, e.getCause());
        }
    }
}
