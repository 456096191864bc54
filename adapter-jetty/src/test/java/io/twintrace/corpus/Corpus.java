package io.twintrace.corpus;

import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.detect.DetectorLevel;
import java.time.Duration;
import java.util.List;

/** All mistakes, in the order of the gallery. */
final class Corpus {
    /** Clients that read all the time are never too slow, however busy the machine is. */
    static final WebSocketOptions UNHURRIED = WebSocketOptions.builder()
            .outbox(OutboxOptions.defaults().withWhenFull(WhenFull.block(Duration.ofSeconds(30))))
            .build();

    /** The same, and reports also tell where an interrupted message was opened. */
    static final WebSocketOptions TRACED =
            UNHURRIED.toBuilder().detectorLevel(DetectorLevel.TRACED).build();

    private Corpus() {}

    static List<Mistake> mistakes() {
        return List.of(
                new HeartbeatScheduler(),
                new RequestBroadcast(),
                new ReplyDuringJob(),
                new LockPerWrapper(),
                new TwoLocks(),
                new LockReleasedEarly(),
                new FutureCallbacks(),
                new ParallelStream(),
                new VirtualThreadFanOut(),
                new AsyncServlet(),
                new SessionListener(),
                new TopicListener(),
                new CacheEviction(),
                new DoubleRegistration(),
                new JobErrorHandler(),
                new ShutdownGoodbye(),
                new DeadlineMonitor(),
                new JsonSideEffect(),
                new PingByHand(),
                new ForgottenWriter(),
                new PongHandler(),
                new RegistryByUser(),
                new AlternatingTurns());
    }
}
