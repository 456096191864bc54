package io.twintrace.websocket.room;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.internal.io.StackProbe;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;

/**
 * What members do in their room on this node, and what the application does for all of them. Here a message goes to the
 * other nodes, or joins the events of this one. Safe for use by any thread.
 */
final class RoomPlace implements Member.Place {
    private final String node;
    private final RoomChannel channel;
    private final ConcurrentMap<String, Member> members;
    private final Delivery delivery;
    private final Deliveries deliveries;
    private final RoomCounters counters;

    RoomPlace(
            String node,
            RoomChannel channel,
            ConcurrentMap<String, Member> members,
            Delivery delivery,
            Deliveries deliveries,
            RoomCounters counters) {
        this.node = node;
        this.channel = channel;
        this.members = members;
        this.delivery = delivery;
        this.deliveries = deliveries;
        this.counters = counters;
    }

    // ---- Messages -------------------------------------------------------------------------------------------------

    /** Sends a message to all nodes. Returns false if it will not be delivered. */
    boolean publish(RoomMessage message) {
        StackProbe.probe(); // an overflow inside the backplane would leave its locks taken
        if (!admit()) {
            return false;
        }
        boolean published = channel.get().publish(message);
        if (!published) {
            counters.rejected();
        }
        return published;
    }

    @Override
    public boolean publish(Member sender, PreparedMessage content, boolean toSender, Optional<String> key) {
        return publish(
                new RoomMessage(Optional.empty(), Optional.of(sender.id()), Optional.empty(), toSender, key, content));
    }

    /** Delivers a message on this node alone. Returns false if the room has too much to do. */
    boolean deliverHere(RoomMessage message) {
        if (!admit()) {
            return false;
        }
        delivery.add(message);
        delivery.run();
        return true;
    }

    @Override
    public boolean send(Member member, PreparedMessage message) {
        if (!admit()) {
            return false;
        }
        delivery.addCounted(message.length(), () -> deliveries.send(member, message));
        delivery.run();
        return true;
    }

    private boolean admit() {
        boolean admitted = delivery.admit();
        if (!admitted) {
            counters.rejected();
        }
        return admitted;
    }

    // ---- Members --------------------------------------------------------------------------------------------------

    /** Adds a new member, which gets all messages from now on. */
    void join(Member member, JoinOptions how) {
        channel.get().announce(member.presence());
        members.put(member.id(), member);
        delivery.add(() -> deliveries.join(member, how));
        member.leaveWithConnection(); // perhaps at once
        delivery.runNow();
    }

    @Override
    public void changed(Member member) {
        Presence announced;
        do {
            announced = member.presence();
            channel.get().announce(announced);
        } while (!announced.value().equals(member.value())); // another thread may have announced the newer one before
        if (member.hasLeft()) {
            channel.get().withdraw(member.id()); // it was withdrawn before it was announced
        }
        delivery.add(() -> deliveries.changed(member));
        delivery.runBriefly();
    }

    @Override
    public void leave(Member member) {
        members.remove(member.id());
        channel.get().withdraw(member.id());
        delivery.add(() -> deliveries.leave(member));
        delivery.runBriefly(); // this thread may be the container's
    }

    @Override
    public String node() {
        return node;
    }
}
