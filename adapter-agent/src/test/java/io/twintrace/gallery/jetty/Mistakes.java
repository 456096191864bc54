package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Gallery;
import org.eclipse.jetty.websocket.api.Session;

/** Mistakes with Jetty's own sessions: those where Jetty itself minds. */
public final class Mistakes {
    private Mistakes() {}

    /** Returns a new gallery. */
    public static Gallery<Session> gallery() {
        return new Gallery<Session>()
                .with("ReplyDuringJob", ReplyDuringJob::new, ReplyDuringJob.Repaired::new)
                .with("LockReleasedEarly", LockReleasedEarly::new, LockReleasedEarly.Repaired::new)
                .with("TwoParts", TwoParts::new, TwoParts.Repaired::new);
    }
}
