package io.twintrace.websocket.room;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;

/** Notes what the backplane says, in the order of the room's events. */
final class RoomReceiver implements Backplane.Receiver {
    private final RoomListener listener;
    private final Delivery delivery;
    private final Deliveries deliveries;
    private final ConcurrentMap<String, Presence> elsewhere;

    RoomReceiver(
            RoomListener listener,
            Delivery delivery,
            Deliveries deliveries,
            ConcurrentMap<String, Presence> elsewhere) {
        this.listener = listener;
        this.delivery = delivery;
        this.deliveries = deliveries;
        this.elsewhere = elsewhere;
    }

    @Override
    public void history(MessageId completeAfter, List<RoomMessage> oldestFirst) {
        delivery.add(() -> deliveries.history(completeAfter, oldestFirst));
    }

    @Override
    public void message(RoomMessage message) {
        if (message.id().isEmpty() && message.receiver().isEmpty()) {
            delivery.add(deliveries::notKept);
        }
        delivery.add(message);
    }

    @Override
    public void placed(MessageId id) {
        delivery.add(() -> deliveries.placed(id));
    }

    @Override
    public void present(Presence presence) {
        elsewhere.put(presence.member(), presence);
        delivery.add(() -> deliveries.tell(() -> listener.present(presence)));
    }

    @Override
    public void absent(String member) {
        Presence last = elsewhere.remove(member);
        if (last != null) {
            delivery.add(() -> deliveries.tell(() -> listener.absent(last)));
        }
    }

    @Override
    public void lost(long messages) {
        delivery.add(() -> deliveries.lost(messages));
    }

    @Override
    public void disconnected(Optional<Throwable> why) {
        delivery.add(() -> {
            deliveries.letIn();
            deliveries.tell(() -> listener.disconnected(why));
        });
    }

    @Override
    public void connected() {
        delivery.add(() -> deliveries.tell(listener::connected));
    }

    @Override
    public void deliver() {
        delivery.run();
    }
}
