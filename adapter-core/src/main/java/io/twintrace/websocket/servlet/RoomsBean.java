package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.jmx.RoomsMXBean;
import io.twintrace.websocket.room.BackplaneStatistics;
import io.twintrace.websocket.room.RoomsMetrics;
import io.twintrace.websocket.room.RoomsTotals;

/** Shows the metrics of rooms in JMX. */
final class RoomsBean implements RoomsMXBean {
    private final RoomsMetrics metrics;

    RoomsBean(RoomsMetrics metrics) {
        this.metrics = metrics;
    }

    private RoomsTotals totals() {
        return metrics.totals();
    }

    private BackplaneStatistics backplane() {
        return totals().backplane();
    }

    @Override
    public int getRooms() {
        return totals().rooms();
    }

    @Override
    public int getMembers() {
        return totals().members();
    }

    @Override
    public long getMessages() {
        return totals().messages();
    }

    @Override
    public long getDeliveriesAccepted() {
        return totals().delivered();
    }

    @Override
    public long getDeliveriesRefused() {
        return totals().refused();
    }

    @Override
    public long getRejected() {
        return totals().rejected();
    }

    @Override
    public int getWaiting() {
        return totals().waiting();
    }

    @Override
    public long getLost() {
        return totals().lost();
    }

    @Override
    public boolean isConnected() {
        return backplane().connected();
    }

    @Override
    public long getPublished() {
        return backplane().published();
    }

    @Override
    public int getPublishedWaiting() {
        return backplane().waiting();
    }

    @Override
    public long getPublishedWaitingBytes() {
        return backplane().waitingBytes();
    }

    @Override
    public long getUnshared() {
        return backplane().unshared();
    }

    @Override
    public long getRepeated() {
        return backplane().repeated();
    }

    @Override
    public long getMalformed() {
        return backplane().malformed();
    }

    @Override
    public long getReconnects() {
        return backplane().reconnects();
    }
}
