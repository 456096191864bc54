package io.twintrace.websocket.detect;

import java.util.Arrays;

/** The write methods that the detector guards. */
public enum Operation {
    WRITE_MESSAGE("writeMessage", Role.STARTS_MESSAGE),
    WRITE_JSON("writeJson", Role.STARTS_MESSAGE),
    WRITE_PREPARED("writePrepared", Role.STARTS_MESSAGE),
    NEXT_WRITER("nextWriter", Role.STARTS_MESSAGE),
    WRITER_WRITE("MessageWriter.write", Role.CONTINUES_MESSAGE),
    WRITER_TRANSFER("MessageWriter.transferFrom", Role.CONTINUES_MESSAGE),
    WRITER_FLUSH("MessageWriter.flush", Role.CONTINUES_MESSAGE),
    WRITER_CLOSE("MessageWriter.close", Role.CONTINUES_MESSAGE),
    SET_WRITE_DEADLINE("setWriteDeadline", Role.SETTING),
    ENABLE_WRITE_COMPRESSION("enableWriteCompression", Role.SETTING),
    SET_COMPRESSION_LEVEL("setCompressionLevel", Role.SETTING),
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

    /** The name of the method as the application calls it. */
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
