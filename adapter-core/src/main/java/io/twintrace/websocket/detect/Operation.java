package io.twintrace.websocket.detect;

import java.util.Arrays;

/** The write methods that the detector guards. */
public enum Operation {
    /** A whole message. */
    WRITE_MESSAGE("writeMessage", Role.STARTS_MESSAGE),
    /** A value as JSON. */
    WRITE_JSON("writeJson", Role.STARTS_MESSAGE),
    /** A prepared message. */
    WRITE_PREPARED("writePrepared", Role.STARTS_MESSAGE),
    /** The beginning of a message in pieces. */
    NEXT_WRITER("nextWriter", Role.STARTS_MESSAGE),
    /** A piece of a message. */
    WRITER_WRITE("MessageWriter.write", Role.CONTINUES_MESSAGE),
    /** A piece of a message, read from a stream. */
    WRITER_TRANSFER("MessageWriter.transferFrom", Role.CONTINUES_MESSAGE),
    /** What a writer has buffered. */
    WRITER_FLUSH("MessageWriter.flush", Role.CONTINUES_MESSAGE),
    /** The end of a message in pieces. */
    WRITER_CLOSE("MessageWriter.close", Role.CONTINUES_MESSAGE),
    /** The deadline of writes. */
    SET_WRITE_DEADLINE("setWriteDeadline", Role.SETTING),
    /** Compression on or off. */
    ENABLE_WRITE_COMPRESSION("enableWriteCompression", Role.SETTING),
    /** The level of compression. */
    SET_COMPRESSION_LEVEL("setCompressionLevel", Role.SETTING),
    /** The rule for writing. */
    DECLARE_DISCIPLINE("declareWriteDiscipline", Role.SETTING),
    /** The first offer, which leaves all writing to the outbox from then on. */
    FIRST_OFFER("Outbox.offer", Role.STARTS_MESSAGE);

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

    /** The public type of the library that has the method. */
    String owner() {
        int dot = methodName.indexOf('.');
        return dot < 0 ? "WebSocketConnection" : methodName.substring(0, dot);
    }

    /** The method's name alone. */
    String simpleName() {
        return methodName.substring(methodName.indexOf('.') + 1);
    }

    /** Its number, from 1 on; for a field that is cheaper to write than a reference. */
    @SuppressWarnings("EnumOrdinal") // it leaves no virtual machine
    byte code() {
        return (byte) (ordinal() + 1);
    }

    /** Null for 0. */
    static Operation ofCode(byte code) {
        return code == 0 ? null : ALL[code - 1];
    }

    /** Whether that is the name of a method that changes a setting. */
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
