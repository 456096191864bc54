package io.twintrace.websocket.room;

import io.twintrace.websocket.room.Backplane.Receiver;
import java.util.List;
import java.util.Optional;

/** Takes no part in a room. */
class Ignoring implements Receiver {
    @Override
    public void history(MessageId completeAfter, List<RoomMessage> oldestFirst) {}

    @Override
    public void message(RoomMessage message) {}

    @Override
    public void placed(MessageId id) {}

    @Override
    public void present(Presence presence) {}

    @Override
    public void absent(String member) {}

    @Override
    public void lost(long messages) {}

    @Override
    public void disconnected(Optional<Throwable> why) {}

    @Override
    public void connected() {}

    @Override
    public void deliver() {}
}
