package io.twintrace.websocket.room;

/** A backplane without other nodes, for tests that add to it. */
class SingleNode implements Backplane {
    private final Backplane rooms = new InMemoryBackplane();

    @Override
    public String node() {
        return rooms.node();
    }

    @Override
    public Channel open(String room, int history, Receiver receiver) {
        return rooms.open(room, history, receiver);
    }

    @Override
    public void close() {
        rooms.close();
    }
}
