package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import io.twintrace.websocket.internal.engine.StoppableConnection;
import io.twintrace.websocket.internal.io.Deadlines;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The connections of one upgrader, from admission until the application has finished with them. Safe for use by any
 * thread.
 */
final class Connections implements ContextConnections.Member {
    private final Application application;
    private final OpenConnections open;
    private final int limit;
    private final AddressLimit addresses;
    private final Admission.Refusals refusals;
    private final Duration handshakeTimeout;

    /** A field, because there may be no memory when a connection ends. */
    private final Consumer<StoppableConnection> countEnd;

    private final AtomicInteger admitted = new AtomicInteger();
    private final Set<Place> reserved = ConcurrentHashMap.newKeySet();

    /** Completed once this is stopping, and no connection is left, or its application has waited as long as it wants. */
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    private volatile boolean stopping;

    /** Null until {@link #join()}. */
    private ContextConnections all;

    /** Null until {@link #join()}. */
    private Management management;

    private Runnable onRelease = () -> {};

    /** @param owner for the log, such as {@code servlet "chat"}; empty for none */
    Connections(Application application, WebSocketOptions options, String owner) {
        this.application = application;
        this.countEnd = application.meter()::closed;
        this.open = new OpenConnections(application, options, owner);
        this.limit = options.maxConnections();
        this.addresses = new AddressLimit(options.maxConnectionsPerAddress());
        this.refusals = new Admission.Refusals(application.context(), options);
        this.handshakeTimeout = options.handshakeTimeout();
    }

    /**
     * A place for one connection, reserved at the request. Either a connection takes it, or it is given back. It is itself
     * what is told of the connection's end, and not a lambda, because each connection has one.
     */
    final class Place implements Admission, Consumer<WebSocketConnection> {
        private final long expires = Deadlines.after(handshakeTimeout);
        private final Service service;

        /** Null if it does not count. */
        private final String address;

        /** Null if the connection has nothing to do with the HTTP session. */
        private SessionLink session;

        private Place(Service service, String address) {
            this.service = service;
            this.address = address;
        }

        /** Gives the place back, unless a connection has taken it. */
        void giveBack() {
            if (reserved.remove(this)) {
                leavePlace();
            }
        }

        /**
         * Begins to serve a connection. Cuts off one that comes too late, or closes it with 1001 if this is stopping.
         */
        void start(Upgraded upgraded) {
            if (reserved.remove(this)) {
                run(upgraded);
            } else if (stopping) {
                admitted.incrementAndGet();
                addresses.takeAnyway(address);
                run(upgraded);
            } else {
                upgraded.transport().close();
            }
        }

        private void run(Upgraded upgraded) {
            session = upgraded.session();
            boolean started = false;
            try {
                service.start(upgraded, this::opened, this);
                started = true;
            } finally {
                if (!started) {
                    try {
                        upgraded.transport().close();
                    } finally {
                        leavePlace();
                    }
                }
            }
        }

        private void opened(WebSocketConnection connection) {
            open.add(connection, service);
            boolean started = false;
            try {
                begin(connection);
                started = true;
            } finally {
                if (!started) { // its end may not be reported
                    removed(connection);
                }
            }
        }

        private void begin(WebSocketConnection connection) {
            StoppableConnection opened = (StoppableConnection) connection;
            application.meter().opened(opened);
            if (stopping) {
                open.beginClose(connection);
            } else {
                open.serveOn();
            }
            if (session != null) {
                session.opened(opened, service::close);
            }
        }

        /** Ends the service for the connection; null if there was none. */
        @Override
        public void accept(WebSocketConnection connection) {
            try {
                if (connection != null) {
                    removed(connection);
                    if (session != null) {
                        session.over(connection);
                    }
                }
            } finally {
                leavePlace();
            }
        }

        private void leavePlace() {
            addresses.giveBack(address); // first, so that none is counted once the last connection has left
            leave();
        }
    }

    private void removed(WebSocketConnection connection) {
        open.remove(connection, countEnd); // no more if the application has never seen it
    }

    /**
     * Reserves a place for one more connection, unless a limit is reached or this is stopping.
     *
     * @param service serves the connection
     * @param remoteAddress the peer's address as the container tells it; may be null
     */
    Admission admit(Service service, String remoteAddress) {
        if (admitted.get() >= limit) {
            giveBackExpired();
        }
        if (admitted.incrementAndGet() > limit) {
            leave();
            return stopping ? refusals.stopping() : refusals.full(limit);
        }
        String address = addresses.key(remoteAddress);
        if (!takeAddress(address)) {
            leave();
            return stopping ? refusals.stopping() : refusals.fullFor(address, addresses.limit());
        }
        Place place = new Place(service, address);
        reserved.add(place);
        if (stopping) { // beginStop did not see this place
            place.giveBack();
            return refusals.stopping();
        }
        return place;
    }

    /**
     * Returns what to answer to a request that asks for no WebSocket: the refusal, or 503 if this is stopping, so that
     * the health check of a proxy sees it.
     */
    Refused orStopping(Refused refused) {
        return stopping ? refusals.stopping().response() : refused;
    }

    private boolean takeAddress(String address) {
        if (addresses.take(address)) {
            return true;
        }
        giveBackExpired();
        return addresses.take(address);
    }

    /** For a container that failed after the servlet returned: it hands over no socket, and does not report that. */
    private void giveBackExpired() {
        for (Place place : reserved) {
            if (Deadlines.remaining(place.expires) <= 0) {
                place.giveBack();
            }
        }
    }

    private void leave() {
        if (admitted.decrementAndGet() == 0 && stopping) {
            drained.complete(null);
        }
    }

    /**
     * Begins to close all connections with 1001, and admits no more. Does not wait.
     *
     * @return completed when the last connection has ended
     */
    CompletableFuture<Void> beginStop() {
        return beginStop(Deadlines.NONE);
    }

    /** {@inheritDoc} */
    @Override
    public CompletableFuture<Void> beginStop(long deadline) {
        return beginStop(System.nanoTime(), deadline);
    }

    private CompletableFuture<Void> beginStop(long now, long deadline) {
        stopping = true;
        reserved.forEach(Place::giveBack);
        if (admitted.get() == 0) {
            drained.complete(null);
        }
        open.beginClose(now, deadline);
        return drained;
    }

    /**
     * Called once the owner has started, because one that fails to start is not stopped. From now on its connections
     * close together with those of the others, and those who watch the application see it.
     */
    void join() {
        all = ContextConnections.join(application.context(), this);
        UpgraderMeter meter = application.meter();
        management = Management.start(
                application.context(), meter.application(), meter.servlet(), () -> meter.totals(open::forEachMeter));
    }

    /** {@inheritDoc} Admits more, since the owner serves on until it is stopped itself. */
    @Override
    public void beginClose(long now) {
        open.beginClose(now, Deadlines.NONE);
    }

    @Override
    public void cutOffIfOverdue() {
        open.cutOffIfOverdue();
    }

    /**
     * Closes all connections, and begins to close those of the web application's other servlets. Waits for the
     * application for the close timeout plus half a second, and as long again after cutting connections off. Time that
     * other servlets have waited since the close began counts.
     */
    @Override
    public void stop() {
        long begin = System.nanoTime();
        CompletableFuture<Void> unused = beginStop(begin, Deadlines.NONE);
        if (all != null) {
            all.beginClose(begin);
        }
        try {
            if (!awaitDrained(open.closedBy())) {
                open.cutOff();
                if (all != null) {
                    all.cutOffOverdue();
                }
                if (!awaitDrained(open.cutBy())) {
                    open.logWhatStillRuns();
                }
            }
        } finally {
            release();
        }
    }

    /**
     * Closes all connections within a bound. Cuts off those that are still open at its end, and does not wait for them.
     * Nor does the container then, when it stops this again.
     *
     * @return whether all have ended in time
     */
    boolean stop(Duration timeout) {
        return stopBy(Deadlines.after(System.nanoTime(), timeout));
    }

    /** Like {@link #stop(Duration)}, until a time of {@link System#nanoTime()}. */
    @Override
    public boolean stopBy(long deadline) {
        CompletableFuture<Void> unused = beginStop(deadline);
        boolean isDrained = awaitDrained(deadline) && awaitLate(deadline);
        if (!isDrained) {
            open.cutOff();
        }
        release();
        drained.complete(null);
        return isDrained;
    }

    /** Sets what is run once the connections have ended. */
    void onRelease(Runnable task) {
        onRelease = task;
    }

    private void release() {
        try {
            onRelease.run();
        } finally {
            if (management != null) {
                management.stop();
            }
            application.shutdown();
            if (all != null && all.leave(this) && drained.isDone()) {
                application.awaitThreads();
            }
        }
    }

    /**
     * Waits for connections whose sockets came after their places were given back. That is rare and soon over, so it
     * looks again and again.
     */
    private boolean awaitLate(long deadline) {
        while (admitted.get() > 0) {
            if (Deadlines.remaining(deadline) <= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return true;
    }

    private boolean awaitDrained(long deadline) {
        try {
            drained.get(Deadlines.remaining(deadline), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
