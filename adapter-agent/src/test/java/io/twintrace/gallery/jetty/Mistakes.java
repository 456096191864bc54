package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Gallery;
import org.eclipse.jetty.websocket.api.Session;

/**
 * Mistakes with Jetty's own sessions. In each of them one thread sends a message in parts, since Jetty queues whole ones.
 */
public final class Mistakes {
    private Mistakes() {}

    /** Returns a new gallery. */
    public static Gallery<Session> gallery() {
        return new Gallery<Session>()
                .with("HeartbeatScheduler", HeartbeatScheduler::new, HeartbeatScheduler.Repaired::new)
                .with("ReplyDuringJob", ReplyDuringJob::new, ReplyDuringJob.Repaired::new)
                .with("LockPerWrapper", LockPerWrapper::new, LockPerWrapper.Repaired::new)
                .with("TwoLocks", TwoLocks::new, TwoLocks::repaired)
                .with("LockReleasedEarly", LockReleasedEarly::new, LockReleasedEarly.Repaired::new)
                .with("FutureCallbacks", FutureCallbacks::new, FutureCallbacks.Repaired::new)
                .with("ParallelStream", ParallelStream::new, ParallelStream.Repaired::new)
                .with("VirtualThreadFanOut", VirtualThreadFanOut::new, VirtualThreadFanOut.Repaired::new)
                .with("SecondRegistration", SecondRegistration::new, SecondRegistration.Repaired::new)
                .with("BinaryBesideText", BinaryBesideText::new, BinaryBesideText.Repaired::new);
    }
}
