package io.twintrace.websocket.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.twintrace.websocket.room.RoomsMetrics;
import io.twintrace.websocket.room.RoomsTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** The meters of all rooms in one registry. */
final class RoomMeters implements RoomsMetrics.Listener {
    private final MeterRegistry registry;

    /** Also keeps the metrics in memory: a meter refers to what it reads only weakly. */
    private final Map<RoomsMetrics, List<Meter>> meters = new ConcurrentHashMap<>();

    RoomMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void started(RoomsMetrics metrics) {
        meters.put(metrics, new OfOne(registry, metrics).register());
    }

    @Override
    public void stopped(RoomsMetrics metrics) {
        List<Meter> ofOne = meters.remove(metrics);
        if (ofOne != null) {
            ofOne.forEach(registry::remove);
        }
    }

    void removeAll() {
        meters.keySet().forEach(this::stopped);
    }

    /** Registers the meters of the rooms of one name. No tag has the name of a room, which users may choose. */
    private record OfOne(MeterRegistry registry, RoomsMetrics metrics, Tags tags, List<Meter> registered) {
        OfOne(MeterRegistry registry, RoomsMetrics metrics) {
            this(registry, metrics, Tags.of("rooms", metrics.name()), new ArrayList<>());
        }

        List<Meter> register() {
            rooms();
            backplane();
            return registered;
        }

        private void rooms() {
            gauge("twintrace.rooms.open", "Open rooms", RoomsTotals::rooms);
            gauge("twintrace.rooms.members", "Members on this node", RoomsTotals::members);
            gauge("twintrace.rooms.waiting", "Messages that wait to be delivered", RoomsTotals::waiting);
            counter("twintrace.rooms.messages", "Messages that came to this node", RoomsTotals::messages);
            counter("twintrace.rooms.rejected", "Messages that were not taken", RoomsTotals::rejected);
            counter("twintrace.rooms.lost", "Messages that did not reach this node", RoomsTotals::lost);
            String name = "twintrace.rooms.deliveries";
            String description = "Deliveries to single members";
            counter(name, description, tags.and("result", "accepted"), RoomsTotals::delivered);
            counter(name, description, tags.and("result", "refused"), RoomsTotals::refused);
        }

        private void backplane() {
            gauge(
                    "twintrace.backplane.connected",
                    "1 if the other nodes can be reached",
                    totals -> totals.backplane().connected() ? 1 : 0);
            gauge(
                    "twintrace.backplane.waiting",
                    "Published messages that have not come back",
                    totals -> totals.backplane().waiting());
            add(Gauge.builder(
                            "twintrace.backplane.waiting.payload",
                            metrics,
                            shown -> shown.totals().backplane().waitingBytes())
                    .description("The payloads of those")
                    .baseUnit("bytes")
                    .tags(tags));
            counter(
                    "twintrace.backplane.published",
                    "Messages that were accepted",
                    totals -> totals.backplane().published());
            counter(
                    "twintrace.backplane.unshared",
                    "Messages that other nodes never get",
                    totals -> totals.backplane().unshared());
            counter(
                    "twintrace.backplane.repeated",
                    "Messages that came twice",
                    totals -> totals.backplane().repeated());
            counter(
                    "twintrace.backplane.malformed",
                    "Entries that are no messages",
                    totals -> totals.backplane().malformed());
            counter(
                    "twintrace.backplane.reconnects",
                    "How often the other nodes could be reached again",
                    totals -> totals.backplane().reconnects());
        }

        private void gauge(String name, String description, ToDoubleFunction<RoomsTotals> value) {
            add(Gauge.builder(name, metrics, shown -> value.applyAsDouble(shown.totals()))
                    .description(description)
                    .tags(tags));
        }

        private void counter(String name, String description, ToDoubleFunction<RoomsTotals> value) {
            counter(name, description, tags, value);
        }

        private void counter(String name, String description, Tags all, ToDoubleFunction<RoomsTotals> value) {
            registered.add(FunctionCounter.builder(name, metrics, shown -> value.applyAsDouble(shown.totals()))
                    .description(description)
                    .tags(all)
                    .register(registry));
        }

        private void add(Gauge.Builder<RoomsMetrics> gauge) {
            registered.add(gauge.register(registry));
        }
    }
}
