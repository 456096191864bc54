package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.io.Spares;
import io.twintrace.websocket.internal.read.IncomingMessages;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;

/** Holds what all connections with the same options share. Any thread may call these methods. */
public final class Shared {
    /** Guarded by itself. Weak in both directions, because the code that creates connections keeps what they share. */
    private static final Map<WebSocketOptions, WeakReference<Shared>> ALL = new WeakHashMap<>();

    /** Several for each thread that reads at the same time. */
    private static final int MAX_SPARE_READERS = 256;

    private final WebSocketOptions options;
    private final Pools pools;
    private final Timeouts timeouts;
    private final Spares<IncomingMessages> readers = new Spares<>(MAX_SPARE_READERS);

    /** Null if slow calls are not reported. */
    private final CallSampler callSampler;

    private Shared(WebSocketOptions options) {
        this.options = options;
        this.pools = new Pools(options);
        this.timeouts = Timeouts.of(options);
        this.callSampler = options.slowCallThreshold().isZero() ? null : new CallSampler(options.slowCallThreshold());
    }

    /** Returns what connections with these options share: the same object as long as any code holds it. */
    public static Shared of(WebSocketOptions options) {
        synchronized (ALL) {
            WeakReference<Shared> known = ALL.get(options);
            Shared shared = known == null ? null : known.get();
            if (shared == null) {
                shared = new Shared(options);
                ALL.put(options, new WeakReference<>(shared));
            }
            return shared;
        }
    }

    /** Returns the pools that the connections borrow from. */
    public Pools pools() {
        return pools;
    }

    WebSocketOptions options() {
        return options;
    }

    Timeouts timeouts() {
        return timeouts;
    }

    /** Returns what can read the messages of any connection without compression. */
    Spares<IncomingMessages> readers() {
        return readers;
    }

    CallSampler callSampler() {
        return callSampler;
    }
}
