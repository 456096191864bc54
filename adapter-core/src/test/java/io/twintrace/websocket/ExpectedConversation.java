package io.twintrace.websocket;

import io.twintrace.websocket.frame.Utf8Reference;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server has to make of a client's bytes by RFC 6455, worked out from the whole stream in the plainest way. Shares
 * no code with the engine, so that the two can be compared.
 */
final class ExpectedConversation {
    private static final String LOST = "CloseException 1006";

    private final ByteBuffer in;
    private final BigInteger readLimit;
    private final int fragmentLimit;
    private final boolean echo;

    private final List<Message> messages = new ArrayList<>();
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private final String end;

    /** The message that has begun, or null. */
    private ByteArrayOutputStream message;

    private boolean text;
    private int fragments;
    private BigInteger declared;

    private ExpectedConversation(byte[] stream, WebSocketOptions options, boolean echo) {
        this.in = ByteBuffer.wrap(stream);
        this.readLimit = BigInteger.valueOf(options.readLimit() == 0 ? Long.MAX_VALUE : options.readLimit());
        this.fragmentLimit = options.fragmentLimit();
        this.echo = echo;
        String last;
        do {
            last = readFrame();
        } while (last == null);
        this.end = last;
    }

    /** With a server that only reads. */
    static ExpectedConversation listening(byte[] stream, WebSocketOptions options) {
        return new ExpectedConversation(stream, options, false);
    }

    /** With a server that sends every message back. */
    static ExpectedConversation echoing(byte[] stream, WebSocketOptions options) {
        return new ExpectedConversation(stream, options, true);
    }

    /** The messages that arrive whole. */
    List<Message> messages() {
        return messages;
    }

    /** What has arrived of the message after them. */
    byte[] unfinished() {
        return message == null ? new byte[0] : message.toByteArray();
    }

    /** All that the server writes. */
    byte[] answers() {
        return answers.toByteArray();
    }

    /** How it ends for the reader: "null", or the exception and its code. */
    String end() {
        return end;
    }

    /** Reads one frame; says how the conversation ends, if it does. */
    private String readFrame() {
        if (!in.hasRemaining()) {
            return LOST;
        }
        int first = in.get() & 0xFF;
        boolean fin = first >= 0x80;
        int opcode = first & 0x0F;
        boolean control = opcode >= 8;
        if ((first & 0x70) != 0 || (opcode > 2 && opcode < 8) || opcode > 10 || (control && !fin)) {
            return fail(1002);
        }
        if (!in.hasRemaining()) {
            return LOST;
        }
        int second = in.get() & 0xFF;
        int shortLength = second & 0x7F;
        if (second < 0x80 || (control && shortLength > 125)) {
            return fail(1002);
        }
        int lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
        if (in.remaining() < lengthBytes) {
            return LOST;
        }
        BigInteger length = lengthBytes == 0 ? BigInteger.valueOf(shortLength) : new BigInteger(1, take(lengthBytes));
        if (length.bitLength() > 63 || length.longValue() < shortestFor(lengthBytes)) {
            return fail(1002);
        }
        if (in.remaining() < 4) {
            return LOST;
        }
        byte[] mask = take(4);
        return control ? readControl(opcode, length.intValue(), mask) : readData(opcode, fin, length, mask);
    }

    private static long shortestFor(int lengthBytes) {
        return lengthBytes == 0 ? 0 : lengthBytes == 2 ? 126 : 65536;
    }

    private String readData(int opcode, boolean fin, BigInteger length, byte[] mask) {
        if ((opcode == 0) != (message != null)) {
            return fail(1002);
        }
        if (opcode != 0) {
            message = new ByteArrayOutputStream();
            text = opcode == 1;
            fragments = 0;
            declared = BigInteger.ZERO;
        }
        declared = declared.add(length);
        if (++fragments > fragmentLimit) {
            return fail(1008);
        }
        if (declared.compareTo(readLimit) > 0) {
            return fail(1009);
        }
        boolean whole = length.compareTo(BigInteger.valueOf(in.remaining())) <= 0;
        message.writeBytes(unmasked(take(whole ? length.intValue() : in.remaining()), mask));
        byte[] soFar = message.toByteArray();
        boolean last = fin && whole;
        if (text && !isValid(soFar, last)) {
            return fail(1007);
        }
        if (!whole) {
            return LOST;
        }
        if (fin) {
            messages.add(new Message(text ? MessageType.TEXT : MessageType.BINARY, soFar));
            message = null;
            if (echo) {
                answers.writeBytes(Frames.plain(Frames.FIN | (text ? Frames.TEXT : Frames.BINARY), soFar));
            }
        }
        return null;
    }

    private static boolean isValid(byte[] soFar, boolean last) {
        return last ? Utf8Reference.isText(soFar) : Utf8Reference.isBeginningOfText(soFar);
    }

    private String readControl(int opcode, int length, byte[] mask) {
        if (in.remaining() < length) {
            return LOST;
        }
        byte[] payload = unmasked(take(length), mask);
        if (opcode == Frames.PING) {
            answers.writeBytes(Frames.plain(Frames.FIN | Frames.PONG, payload));
        }
        return opcode == Frames.CLOSE ? readClose(payload) : null;
    }

    private String readClose(byte[] payload) {
        if (payload.length == 0) {
            answers.writeBytes(Frames.plain(Frames.FIN | Frames.CLOSE, payload));
            return message == null ? "null" : "CloseException 1005";
        }
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        if (payload.length == 1) {
            return fail(1002);
        }
        int code = bytes.getShort() & 0xFFFF;
        boolean allowed = switch (code) {
            case 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014 -> true;
            default -> 3000 <= code && code < 5000;
        };
        if (!allowed) {
            return fail(1002);
        }
        byte[] reason = new byte[bytes.remaining()];
        bytes.get(reason);
        if (!Utf8Reference.isText(reason)) {
            return fail(1007);
        }
        answers.writeBytes(Frames.plain(Frames.FIN | Frames.CLOSE, Frames.closePayload(code, "")));
        return code <= 1001 && message == null ? "null" : "CloseException " + code;
    }

    private String fail(int code) {
        answers.writeBytes(Frames.plain(Frames.FIN | Frames.CLOSE, Frames.closePayload(code, "")));
        return "ProtocolException " + code;
    }

    private byte[] take(int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static byte[] unmasked(byte[] payload, byte[] mask) {
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return payload;
    }
}
