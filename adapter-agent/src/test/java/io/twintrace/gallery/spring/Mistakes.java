package io.twintrace.gallery.spring;

import io.twintrace.gallery.Gallery;
import org.springframework.web.socket.WebSocketSession;

/** All mistakes with Spring's sessions. */
public final class Mistakes {
    private Mistakes() {}

    /** Returns a new gallery. */
    public static Gallery<WebSocketSession> gallery() {
        return new Gallery<WebSocketSession>()
                .with("HeartbeatScheduler", HeartbeatScheduler::new, HeartbeatScheduler.Repaired::new)
                .with("RequestBroadcast", RequestBroadcast::new, RequestBroadcast.Repaired::new)
                .with("LockPerWrapper", LockPerWrapper::new, LockPerWrapper.Repaired::new)
                .with("TwoLocks", TwoLocks::new, TwoLocks::repaired)
                .with("FutureCallbacks", FutureCallbacks::new, FutureCallbacks.Repaired::new)
                .with("ParallelStream", ParallelStream::new, ParallelStream.Repaired::new)
                .with("VirtualThreadFanOut", VirtualThreadFanOut::new, VirtualThreadFanOut.Repaired::new)
                .with("SecondRegistration", SecondRegistration::new, SecondRegistration.Repaired::new)
                .with("BinaryBesideText", BinaryBesideText::new, BinaryBesideText.Repaired::new);
    }
}
