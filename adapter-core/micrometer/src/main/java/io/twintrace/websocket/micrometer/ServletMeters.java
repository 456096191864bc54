package io.twintrace.websocket.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.twintrace.websocket.servlet.WebSocketMetrics;
import io.twintrace.websocket.servlet.WebSocketTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The meters of all running servlets in one registry. */
final class ServletMeters implements WebSocketMetrics.Listener {
    private static final String BYTES = "bytes";
    private static final String DIRECTION = "direction";
    private static final String REASON = "reason";

    private final MeterRegistry registry;

    /** Also keeps the metrics in memory: a meter refers to what it reads only weakly. */
    private final Map<WebSocketMetrics, List<Meter>> meters = new ConcurrentHashMap<>();

    ServletMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void started(WebSocketMetrics metrics) {
        meters.put(metrics, new OfOne(registry, metrics).register());
    }

    @Override
    public void stopped(WebSocketMetrics metrics) {
        List<Meter> ofOne = meters.remove(metrics);
        if (ofOne != null) {
            ofOne.forEach(registry::remove);
        }
    }

    void removeAll() {
        meters.keySet().forEach(this::stopped);
    }

    /** Registers the meters of one servlet. */
    private record OfOne(MeterRegistry registry, WebSocketMetrics metrics, Tags tags, List<Meter> registered) {
        OfOne(MeterRegistry registry, WebSocketMetrics metrics) {
            this(
                    registry,
                    metrics,
                    Tags.of("application", metrics.application(), "servlet", metrics.servlet()),
                    new ArrayList<>());
        }

        List<Meter> register() {
            connections();
            messages();
            slowPeers();
            roundTrips();
            return registered;
        }

        private void connections() {
            add(gauge("twintrace.connections.open", WebSocketTotals::open).description("Open connections"));
            add(counter("twintrace.connections.opened", tags, WebSocketTotals::opened)
                    .description("Connections that were opened"));
            add(counter("twintrace.handshakes.refused", tags, WebSocketTotals::refused)
                    .description("Opening handshakes that were refused"));
            add(counter("twintrace.concurrent.writes", tags, WebSocketTotals::concurrentWrites)
                    .description("Connections on which two threads wrote at once"));
        }

        private void messages() {
            eachDirection("twintrace.messages", null, WebSocketTotals::messagesReceived, WebSocketTotals::messagesSent);
            eachDirection(
                    "twintrace.payload",
                    BYTES,
                    totals -> totals.bytes().received(),
                    totals -> totals.bytes().sent());
            eachDirection(
                    "twintrace.payload.on.wire",
                    BYTES,
                    totals -> totals.bytes().receivedOnWire(),
                    totals -> totals.bytes().sentOnWire());
        }

        /** @param unit null for none */
        private void eachDirection(
                String name,
                String unit,
                ToDoubleFunction<WebSocketTotals> received,
                ToDoubleFunction<WebSocketTotals> sent) {
            add(counter(name, tags.and(DIRECTION, "received"), received).baseUnit(unit));
            add(counter(name, tags.and(DIRECTION, "sent"), sent).baseUnit(unit));
        }

        private void slowPeers() {
            add(gauge("twintrace.pending", WebSocketTotals::pendingBytes)
                    .description("Bytes that peers have not taken yet")
                    .baseUnit(BYTES));
            add(gauge("twintrace.outbox", WebSocketTotals::outboxBytes)
                    .description("Bytes that wait in outboxes")
                    .baseUnit(BYTES));
            String name = "twintrace.slow.peers.closed";
            add(counter(name, tags.and(REASON, "outbox-full"), WebSocketTotals::closedOutboxFull));
            add(counter(name, tags.and(REASON, "write-timeout"), WebSocketTotals::closedWriteTimeout));
        }

        private void roundTrips() {
            registered.add(FunctionTimer.builder(
                            "twintrace.ping",
                            metrics,
                            shown -> shown.totals().roundTrips(),
                            shown -> shown.totals().roundTripTime().toNanos(),
                            TimeUnit.NANOSECONDS)
                    .description("Times from Pings to their Pongs")
                    .tags(tags)
                    .register(registry));
            registered.add(TimeGauge.builder(
                            "twintrace.ping.longest",
                            metrics,
                            TimeUnit.NANOSECONDS,
                            shown -> shown.totals().longestRoundTrip().toNanos())
                    .description("The longest time from a Ping to its Pong in the last one to two minutes")
                    .tags(tags)
                    .register(registry));
        }

        private Gauge.Builder<WebSocketMetrics> gauge(String name, ToDoubleFunction<WebSocketTotals> value) {
            return Gauge.builder(name, metrics, shown -> value.applyAsDouble(shown.totals()))
                    .tags(tags);
        }

        private FunctionCounter.Builder<WebSocketMetrics> counter(
                String name, Tags all, ToDoubleFunction<WebSocketTotals> value) {
            return FunctionCounter.builder(name, metrics, shown -> value.applyAsDouble(shown.totals()))
                    .tags(all);
        }

        private void add(Gauge.Builder<WebSocketMetrics> gauge) {
            registered.add(gauge.register(registry));
        }

        private void add(FunctionCounter.Builder<WebSocketMetrics> counter) {
            registered.add(counter.register(registry));
        }
    }
}
