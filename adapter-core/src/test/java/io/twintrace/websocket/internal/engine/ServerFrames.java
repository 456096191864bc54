package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.internal.deflate.ReferenceInflater;
import io.twintrace.websocket.internal.frame.Utf8Reference;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Parses a server's output, and fails where RFC 6455 has a client fail. Shares nothing with the engine. */
final class ServerFrames {
    private final ByteBuffer in;
    private final List<String> events = new ArrayList<>();

    /** Null if compression was not agreed on. */
    private final ReferenceInflater inflater;

    private ByteArrayOutputStream message;
    private boolean text;
    private boolean compressed;
    private boolean closed;

    private ServerFrames(byte[] written, ReferenceInflater inflater) {
        this.in = ByteBuffer.wrap(written);
        this.inflater = inflater;
    }

    /**
     * The messages and control frames in the order of their ends: TEXT, BINARY, PING, PONG, CLOSE, with the payload.
     */
    static List<String> events(byte[] written) {
        return events(written, null);
    }

    /** The same, with messages that may be compressed. */
    static List<String> events(byte[] written, ReferenceInflater inflater) {
        ServerFrames frames = new ServerFrames(written, inflater);
        while (frames.in.hasRemaining()) {
            frames.readFrame();
        }
        return frames.events;
    }

    /** The event as {@link #events} describes it. */
    static String event(String kind, byte[] payload) {
        return kind + " " + HexFormat.of().formatHex(payload);
    }

    private void readFrame() {
        assertTrue(!closed, "a frame after Close");
        int first = in.get() & 0xFF;
        int second = in.get() & 0xFF;
        assertTrue((first & 0x30) == 0, "RSV2 and RSV3");
        assertTrue(second < 0x80, "masked");
        byte[] payload = new byte[readLength(second)];
        in.get(payload);
        boolean fin = first >= 0x80;
        int opcode = first & 0x0F;
        boolean rsv1 = (first & Frames.RSV1) != 0;
        assertTrue(!rsv1 || (inflater != null && (opcode == Frames.TEXT || opcode == Frames.BINARY)), "RSV1");
        if (opcode >= Frames.CLOSE) {
            assertTrue(fin && payload.length <= 125, "a control frame is short and whole");
            closed = opcode == Frames.CLOSE;
            events.add(event(controlName(opcode), payload));
        } else {
            readData(opcode, rsv1, fin, payload);
        }
    }

    private int readLength(int second) {
        int length = second == 126 ? in.getShort() & 0xFFFF : second == 127 ? Math.toIntExact(in.getLong()) : second;
        assertEquals(length > 65535 ? 127 : Math.min(length, 126), second, "the shortest form of length " + length);
        return length;
    }

    private void readData(int opcode, boolean rsv1, boolean fin, byte[] payload) {
        assertEquals(message != null, opcode == Frames.CONTINUATION, "the order of frames");
        if (opcode != Frames.CONTINUATION) {
            assertTrue(opcode == Frames.TEXT || opcode == Frames.BINARY, "reserved opcode");
            message = new ByteArrayOutputStream();
            text = opcode == Frames.TEXT;
            compressed = rsv1;
        }
        message.writeBytes(payload);
        if (fin) {
            byte[] whole = compressed ? inflater.message(message.toByteArray()) : message.toByteArray();
            assertTrue(!text || Utf8Reference.isText(whole), "UTF-8");
            events.add(event(text ? "TEXT" : "BINARY", whole));
            message = null;
        }
    }

    private static String controlName(int opcode) {
        return switch (opcode) {
            case Frames.CLOSE -> "CLOSE";
            case Frames.PING -> "PING";
            case Frames.PONG -> "PONG";
            default -> throw new AssertionError("reserved opcode " + opcode);
        };
    }
}
