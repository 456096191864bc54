package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/** One message as a client may send it, cut into fragments anywhere, with control frames between them. */
final class ClientMessage {
    /** A Ping or Pong ahead of one of the fragments. */
    record Control(int opcode, String payload, int place) {
        byte[] bytes() {
            return Frames.utf8(payload);
        }
    }

    private final MessageType type;
    private final byte[] payload;

    /** The payload as it is sent, and whether that is compressed. */
    private final byte[] wire;

    private final boolean compressed;
    private final List<Integer> cuts;
    private final List<Control> controls;
    private final int key;

    /**
     * @param cuts where fragments begin, modulo the length; twice the same place makes an empty fragment
     * @param controls their places count fragments, modulo how many there are
     * @param key the first fragment's masking key; each frame has another one
     */
    ClientMessage(MessageType type, byte[] payload, List<Integer> cuts, List<Control> controls, int key) {
        this(type, payload, payload, false, cuts, controls, key);
    }

    private ClientMessage(
            MessageType type,
            byte[] payload,
            byte[] wire,
            boolean compressed,
            List<Integer> cuts,
            List<Control> controls,
            int key) {
        this.type = type;
        this.payload = payload;
        this.wire = wire;
        this.compressed = compressed;
        this.cuts = cuts.stream().map(cut -> cut % (wire.length + 1)).sorted().toList();
        this.controls = controls;
        this.key = key;
    }

    /** The same message, compressed. */
    ClientMessage compressed(UnaryOperator<byte[]> compressor) {
        return new ClientMessage(type, payload, compressor.apply(payload), true, cuts, controls, key);
    }

    /** The message as {@link ServerFrames#event} describes it. */
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
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        int frameKey = key;
        int start = 0;
        for (int i = 0; i <= cuts.size(); i++) {
            for (Control control : controlsByPlace()) {
                if (control.place() == i) {
                    frames.writeBytes(
                            Frames.masked(Frames.FIN | control.opcode(), keyBytes(frameKey), control.bytes()));
                    frameKey = 31 * frameKey + 17;
                }
            }
            boolean last = i == cuts.size();
            int end = last ? wire.length : cuts.get(i);
            int opcode = i > 0 ? Frames.CONTINUATION : firstOpcode();
            byte[] fragment = Arrays.copyOfRange(wire, start, end);
            frames.writeBytes(Frames.masked(opcode | (last ? Frames.FIN : 0), keyBytes(frameKey), fragment));
            frameKey = 31 * frameKey + 17;
            start = end;
        }
        return frames.toByteArray();
    }

    private int firstOpcode() {
        return (type == MessageType.TEXT ? Frames.TEXT : Frames.BINARY) | (compressed ? Frames.RSV1 : 0);
    }

    private static byte[] keyBytes(int key) {
        return ByteBuffer.allocate(4).putInt(key).array();
    }

    @Override
    public String toString() {
        String hex = HexFormat.of().formatHex(payload, 0, Math.min(payload.length, 32));
        return type + " of " + payload.length + " bytes " + hex + (compressed ? ", compressed to " + wire.length : "")
                + ", cut at " + cuts + ", with " + controlsByPlace();
    }
}
