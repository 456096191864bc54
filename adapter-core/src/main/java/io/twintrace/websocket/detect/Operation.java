package io.twintrace.websocket.detect;

import java.util.Arrays;

/** The write methods that the detector guards. */
public enum Operation {
    /** Writes a whole message. */
    WRITE_MESSAGE("writeMessage", Role.STARTS_MESSAGE),
    /** Writes a value as JSON. */
    WRITE_JSON("writeJson", Role.STARTS_MESSAGE),
    /** Writes a prepared message. */
    WRITE_PREPARED("writePrepared", Role.STARTS_MESSAGE),
    /** Begins a message in pieces. */
    NEXT_WRITER("nextWriter", Role.STARTS_MESSAGE),
    /** Writes a piece of a message. */
    WRITER_WRITE("MessageWriter.write", Role.CONTINUES_MESSAGE),
    /** Writes a piece of a message, read from a stream. */
    WRITER_TRANSFER("MessageWriter.transferFrom", Role.CONTINUES_MESSAGE),
    /** Sends the buffered bytes of a writer. */
    WRITER_FLUSH("MessageWriter.flush", Role.CONTINUES_MESSAGE),
    /** Ends a message in pieces. */
    WRITER_CLOSE("MessageWriter.close", Role.CONTINUES_MESSAGE),
    /** Sets the deadline for writes. */
    SET_WRITE_DEADLINE("setWriteDeadline", Role.SETTING),
    /** Turns compression on or off. */
    ENABLE_WRITE_COMPRESSION("enableWriteCompression", Role.SETTING),
    /** Sets the compression level. */
    SET_COMPRESSION_LEVEL("setCompressionLevel", Role.SETTING),
    /** Declares the rule for writes. */
    DECLARE_DISCIPLINE("declareWriteDiscipline", Role.SETTING),
    /** Makes the first offer. From then on, only the outbox writes. */
    FIRST_OFFER("Outbox.offer", Role.STARTS_MESSAGE),

    /** Sends a whole text by Jakarta WebSocket, through whatever engine. */
    SEND_TEXT("RemoteEndpoint.sendText", Role.STARTS_MESSAGE),
    /** Sends a further part of a text. */
    SEND_MORE_TEXT("RemoteEndpoint.sendText", Role.CONTINUES_MESSAGE),
    /** Sends whole binary data. */
    SEND_BINARY("RemoteEndpoint.sendBinary", Role.STARTS_MESSAGE),
    /** Sends a further part of binary data. */
    SEND_MORE_BINARY("RemoteEndpoint.sendBinary", Role.CONTINUES_MESSAGE),
    /** Encodes and sends an object. */
    SEND_OBJECT("RemoteEndpoint.sendObject", Role.STARTS_MESSAGE),
    /** Begins binary data in pieces. */
    GET_SEND_STREAM("RemoteEndpoint.getSendStream", Role.STARTS_MESSAGE),
    /** Begins a text in pieces. */
    GET_SEND_WRITER("RemoteEndpoint.getSendWriter", Role.STARTS_MESSAGE),
    /** Sends a ping, which some engines take for the beginning of a message. */
    SEND_PING("RemoteEndpoint.sendPing", Role.STARTS_MESSAGE),
    /** Sends a pong, likewise. */
    SEND_PONG("RemoteEndpoint.sendPong", Role.STARTS_MESSAGE),
    /** Writes a piece of binary data. */
    STREAM_WRITE("OutputStream.write", Role.CONTINUES_MESSAGE),
    /** Sends the buffered bytes of binary data. */
    STREAM_FLUSH("OutputStream.flush", Role.CONTINUES_MESSAGE),
    /** Ends binary data in pieces. */
    STREAM_CLOSE("OutputStream.close", Role.CONTINUES_MESSAGE),
    /** Writes a piece of a text. */
    TEXT_WRITE("Writer.write", Role.CONTINUES_MESSAGE),
    /** Sends the buffered characters of a text. */
    TEXT_FLUSH("Writer.flush", Role.CONTINUES_MESSAGE),
    /** Ends a text in pieces. */
    TEXT_CLOSE("Writer.close", Role.CONTINUES_MESSAGE),

    /** Sends a whole text by Jetty's own API. */
    JETTY_TEXT("Session.sendText", Role.STARTS_MESSAGE),
    /** Sends whole binary data by Jetty's own API. */
    JETTY_BINARY("Session.sendBinary", Role.STARTS_MESSAGE),
    /** Sends the first part of a text by Jetty's own API. */
    JETTY_PARTIAL_TEXT("Session.sendPartialText", Role.STARTS_MESSAGE),
    /** Sends a further part of a text by Jetty's own API. */
    JETTY_MORE_TEXT("Session.sendPartialText", Role.CONTINUES_MESSAGE),
    /** Sends the first part of binary data by Jetty's own API. */
    JETTY_PARTIAL_BINARY("Session.sendPartialBinary", Role.STARTS_MESSAGE),
    /** Sends a further part of binary data by Jetty's own API. */
    JETTY_MORE_BINARY("Session.sendPartialBinary", Role.CONTINUES_MESSAGE);

    private enum Role {
        STARTS_MESSAGE,
        CONTINUES_MESSAGE,
        SETTING
    }

    private static final Operation[] ALL = values();

    private final String methodName;
    private final boolean startsMessage;
    private final boolean continuesMessage;

    Operation(String methodName, Role role) {
        this.methodName = methodName;
        this.startsMessage = role == Role.STARTS_MESSAGE;
        this.continuesMessage = role == Role.CONTINUES_MESSAGE;
    }

    /** {@return the name of the method as the application calls it} */
    public String methodName() {
        return methodName;
    }

    /** The public type that declares the method, without its package. */
    String owner() {
        int dot = methodName.indexOf('.');
        return dot < 0 ? "WebSocketConnection" : methodName.substring(0, dot);
    }

    /** The package of that type if it is not this library's. */
    String ownersPackage() {
        return switch (owner()) {
            case "RemoteEndpoint" -> "jakarta.websocket.";
            case "Session" -> "org.eclipse.jetty.websocket.api.";
            default -> "java.io.";
        };
    }

    /** Whether a type of this library declares the method, and no other engine implements it. */
    boolean isOurs() {
        return compareTo(SEND_TEXT) < 0;
    }

    /** The method's name alone. */
    String simpleName() {
        return methodName.substring(methodName.indexOf('.') + 1);
    }

    /** The operation's number, from 1 on. A number is cheaper to write to a field than a reference. */
    @SuppressWarnings("EnumOrdinal") // the number never leaves the process
    byte code() {
        return (byte) (ordinal() + 1);
    }

    /** Returns null for 0. */
    static Operation ofCode(byte code) {
        return code == 0 ? null : ALL[code - 1];
    }

    /** Tells whether this is the name of a method that changes a setting. */
    static boolean isSetting(String methodName) {
        return Arrays.stream(ALL)
                .anyMatch(operation -> operation.isSetting() && operation.methodName.equals(methodName));
    }

    boolean startsMessage() {
        return startsMessage;
    }

    boolean continuesMessage() {
        return continuesMessage;
    }

    boolean isSetting() {
        return !startsMessage && !continuesMessage;
    }
}
