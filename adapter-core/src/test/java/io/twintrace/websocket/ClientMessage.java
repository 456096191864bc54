package io.twintrace.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** One message as a client may send it: cut into fragments anywhere, with control frames between them. */
final class ClientMessage {
    /** A Ping or Pong ahead of one of the fragments. */
    record Control(int opcode, String payload, int place) {
        byte[] bytes() {
            return Frames.utf8(payload);
        }
    }

    private final MessageType type;
    private final byte[] payload;
    private final List<Integer> cuts;
    private final List<Control> controls;
    private final int key;

    /**
     * @param cuts where fragments begin, modulo the length; twice the same place makes an empty fragment
     * @param controls their places count fragments, modulo how many there are
     * @param key the first fragment's masking key; each frame has another one
     */
    ClientMessage(MessageType type, byte[] payload, List<Integer> cuts, List<Control> controls, int key) {
        this.type = type;
        this.payload = payload;
        this.cuts =
                cuts.stream().map(cut -> cut % (payload.length + 1)).sorted().toList();
        this.controls = controls;
        this.key = key;
    }

    /** As {@link ServerFrames#event} would tell it. */
    String event() {
        return ServerFrames.event(type.name(), payload);
    }

    /** The Pings, in the order in which they are sent. */
    List<Control> pings() {
        return controlsByPlace().stream()
                .filter(control -> control.opcode() == Frames.PING)
                .toList();
    }

    private List<Control> controlsByPlace() {
        int fragments = cuts.size() + 1;
        return controls.stream()
                .map(control -> new Control(control.opcode(), control.payload(), control.place() % fragments))
                .sorted(Comparator.comparingInt(Control::place))
                .toList();
    }

    byte[] bytes() {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        int frameKey = key;
        int start = 0;
        for (int i = 0; i <= cuts.size(); i++) {
            for (Control control : controlsByPlace()) {
                if (control.place() == i) {
                    wire.writeBytes(Frames.masked(Frames.FIN | control.opcode(), keyBytes(frameKey), control.bytes()));
                    frameKey = 31 * frameKey + 17;
                }
            }
            boolean last = i == cuts.size();
            int end = last ? payload.length : cuts.get(i);
            int opcode = i > 0 ? Frames.CONTINUATION : type == MessageType.TEXT ? Frames.TEXT : Frames.BINARY;
            byte[] fragment = Arrays.copyOfRange(payload, start, end);
            wire.writeBytes(Frames.masked(opcode | (last ? Frames.FIN : 0), keyBytes(frameKey), fragment));
            frameKey = 31 * frameKey + 17;
            start = end;
        }
        return wire.toByteArray();
    }

    private static byte[] keyBytes(int key) {
        return ByteBuffer.allocate(4).putInt(key).array();
    }

    @Override
    public String toString() {
        String hex = HexFormat.of().formatHex(payload, 0, Math.min(payload.length, 32));
        return type + " of " + payload.length + " bytes " + hex + ", cut at " + cuts + ", with " + controlsByPlace();
    }
}
