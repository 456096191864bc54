package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.ReferenceInflater;
import io.twintrace.websocket.internal.frame.Utf8Reference;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a server must make of a client's bytes by RFC 6455 and RFC 7692. It is worked out from the whole stream in the
 * simplest way, and shares no code with the engine, so that the two can be compared.
 */
final class ExpectedConversation {
    private static final String LOST = "CloseException 1006";

    /** For streams that inflate to no more than this, or a read limit below it. */
    private static final int MAX = 1 << 20;

    /** More than the engine inflates in one step. */
    private static final int MAX_AT_ONCE = 64 * 1024;

    private final ByteBuffer in;
    private final BigInteger readLimit;
    private final int fragmentLimit;
    private final boolean echo;

    /** Null if compression was not agreed on. */
    private final ReferenceInflater inflater;

    private final boolean limitFirst;

    private final List<Message> messages = new ArrayList<>();
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private final String end;

    /** The payload of the message that has begun, or null. */
    private ByteArrayOutputStream message;

    private byte[] soFar = {};
    private boolean text;
    private boolean compressed;
    private int fragments;
    private BigInteger declared;

    private ExpectedConversation(
            byte[] stream,
            WebSocketOptions options,
            Optional<DeflateParameters> deflate,
            boolean echo,
            boolean limitFirst) {
        this.in = ByteBuffer.wrap(stream);
        this.readLimit = BigInteger.valueOf(options.readLimit() == 0 ? Long.MAX_VALUE : options.readLimit());
        this.fragmentLimit = options.fragmentLimit();
        this.inflater = deflate.map(ReferenceInflater::ofClient).orElse(null);
        this.echo = echo;
        this.limitFirst = limitFirst;
        String last;
        do {
            last = readFrame();
        } while (last == null);
        this.end = last;
    }

    /** For a server that only reads. */
    static ExpectedConversation listening(byte[] stream, WebSocketOptions options) {
        return new ExpectedConversation(stream, options, Optional.empty(), false, true);
    }

    /** For a server that sends every message back. */
    static ExpectedConversation echoing(byte[] stream, WebSocketOptions options) {
        return new ExpectedConversation(stream, options, Optional.empty(), true, true);
    }

    /**
     * For a server that only reads, and accepts compressed messages.
     *
     * @param limitFirst whether the limit is found first in a message that exceeds it and is invalid as well; it
     *     depends on how much is inflated at once
     */
    static ExpectedConversation inflating(
            byte[] stream, WebSocketOptions options, DeflateParameters deflate, boolean limitFirst) {
        return new ExpectedConversation(stream, options, Optional.of(deflate), false, limitFirst);
    }

    /** The messages that arrive whole. */
    List<Message> messages() {
        return messages;
    }

    /** The part of the next message that has arrived. */
    byte[] unfinished() {
        return soFar;
    }

    /** Everything that the server writes. */
    byte[] answers() {
        return answers.toByteArray();
    }

    /**
     * The server's output, to compare with {@link #answers}. It leaves out the reason of a Close that fails the
     * connection. There must be one.
     */
    byte[] withoutReason(byte[] written) {
        byte[] expected = answers();
        boolean reason = end.startsWith("ProtocolException")
                && written.length > expected.length
                && written[expected.length - 3] == written.length - expected.length + 2;
        return reason
                ? Frames.concat(
                        Arrays.copyOf(written, expected.length - 3),
                        new byte[] {2},
                        Arrays.copyOfRange(written, expected.length - 2, expected.length))
                : written;
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
        boolean rsv1 = (first & 0x40) != 0;
        boolean rsv1Allowed = inflater != null && (opcode == Frames.TEXT || opcode == Frames.BINARY);
        if ((rsv1 && !rsv1Allowed)
                || (first & 0x30) != 0
                || (opcode > 2 && opcode < 8)
                || opcode > 10
                || (control && !fin)) {
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
        return control ? readControl(opcode, length.intValue(), mask) : readData(first, length, mask);
    }

    private static long shortestFor(int lengthBytes) {
        return lengthBytes == 0 ? 0 : lengthBytes == 2 ? 126 : 65536;
    }

    private String readData(int first, BigInteger length, byte[] mask) {
        int opcode = first & 0x0F;
        boolean fin = first >= 0x80;
        if ((opcode == 0) != (message != null)) {
            return fail(1002);
        }
        if (opcode != 0) {
            message = new ByteArrayOutputStream();
            text = opcode == 1;
            compressed = (first & 0x40) != 0;
            fragments = 0;
            declared = BigInteger.ZERO;
        }
        declared = declared.add(length);
        if (++fragments > fragmentLimit) {
            return fail(1008);
        }
        if (declared.compareTo(maxOnWire()) > 0) {
            return fail(1009);
        }
        boolean whole = length.compareTo(BigInteger.valueOf(in.remaining())) <= 0;
        message.writeBytes(unmasked(take(whole ? length.intValue() : in.remaining()), mask));
        String wrong = judge(message.toByteArray(), fin && whole);
        if (wrong != null || !whole) {
            return wrong != null ? wrong : LOST;
        }
        if (fin) {
            deliver();
        }
        return null;
    }

    /** Compressed data may be longer than its content, by as much as the engine allows. */
    private BigInteger maxOnWire() {
        BigInteger most = compressed ? readLimit.multiply(BigInteger.TWO).add(BigInteger.valueOf(1024)) : readLimit;
        return most.min(BigInteger.valueOf(Long.MAX_VALUE));
    }

    /** The error in a message or its beginning; null if there is none. */
    private String judge(byte[] payload, boolean last) {
        boolean valid = true;
        soFar = payload;
        if (compressed) {
            valid = inflater.inflate(payload, last, most());
            soFar = inflater.output();
        }
        boolean tooBig = BigInteger.valueOf(soFar.length).compareTo(readLimit) > 0;
        if (tooBig && limitFirst) {
            return fail(1009);
        }
        if (!valid || (text && !isText(valid && last && !tooBig))) {
            return fail(1007);
        }
        return tooBig ? fail(1009) : null;
    }

    /** How much of a message the reference needs to inflate. */
    private int most() {
        return readLimit.min(BigInteger.valueOf(MAX)).intValueExact() + MAX_AT_ONCE;
    }

    private boolean isText(boolean last) {
        return last ? Utf8Reference.isText(soFar) : Utf8Reference.isBeginningOfText(soFar);
    }

    private void deliver() {
        messages.add(new Message(text ? MessageType.TEXT : MessageType.BINARY, soFar));
        if (echo) {
            answers.writeBytes(Frames.plain(Frames.FIN | (text ? Frames.TEXT : Frames.BINARY), soFar));
        }
        message = null;
        soFar = new byte[0];
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

    /** A Close with a reason, which {@link #withoutReason} leaves out. */
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
