package io.twintrace.gallery.jakarta;

import io.twintrace.gallery.Gallery;
import jakarta.websocket.Session;

/** All mistakes with Jakarta's sessions. */
public final class Mistakes {
    private Mistakes() {}

    /** Returns a new gallery. */
    public static Gallery<Session> gallery() {
        return new Gallery<Session>()
                .with("HeartbeatScheduler", HeartbeatScheduler::new, HeartbeatScheduler.Repaired::new)
                .with("RequestBroadcast", RequestBroadcast::new, RequestBroadcast.Repaired::new)
                .with("ReplyDuringJob", ReplyDuringJob::new, ReplyDuringJob.Repaired::new)
                .with("LockPerWrapper", LockPerWrapper::new, LockPerWrapper.Repaired::new)
                .with("TwoLocks", TwoLocks::new, TwoLocks::repaired)
                .with("LockReleasedEarly", LockReleasedEarly::new, LockReleasedEarly.Repaired::new)
                .with("FutureCallbacks", FutureCallbacks::new, FutureCallbacks.Repaired::new)
                .with("ParallelStream", ParallelStream::new, ParallelStream.Repaired::new)
                .with("VirtualThreadFanOut", VirtualThreadFanOut::new, VirtualThreadFanOut.Repaired::new)
                .with("SecondRegistration", SecondRegistration::new, SecondRegistration.Repaired::new)
                .with("EncoderBesideText", EncoderBesideText::new, EncoderBesideText.Repaired::new);
    }

    /** Returns a new gallery of those that only Jetty minds. */
    public static Gallery<Session> pings() {
        return new Gallery<Session>().with("PingBesideParts", PingBesideParts::new, PingBesideParts::repaired);
    }

    /** Returns a new gallery of those that only the option {@code async=true} shows. */
    public static Gallery<Session> asynchronous() {
        return new Gallery<Session>()
                .with("AsyncBesideBasic", AsyncBesideBasic::new, AsyncBesideBasic.Repaired::new)
                .with("UnawaitedSend", UnawaitedSend::new, UnawaitedSend.Repaired::new)
                .with("HandlerChain", HandlerChain::new, HandlerChain.Repaired::new);
    }
}
