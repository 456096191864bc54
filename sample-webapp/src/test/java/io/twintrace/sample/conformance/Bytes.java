package io.twintrace.sample.conformance;

import java.util.HexFormat;

/** Bytes as a failure shows them. */
final class Bytes {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final int BEFORE = 16;
    private static final int AFTER = 24;

    private Bytes() {}

    static String hex(byte... bytes) {
        return HEX.formatHex(bytes);
    }

    /** The expected and the actual bytes around the first difference; {@code got} is filled up to {@code end}. */
    static String difference(byte[] expected, byte[] got, int end, int at) {
        return "expected " + around(expected, expected.length, at) + ", got " + around(got, end, at);
    }

    private static String around(byte[] bytes, int end, int at) {
        int from = at <= BEFORE ? 0 : at - BEFORE;
        int to = Math.min(end, at + AFTER);
        String shown = (from > 0 ? "(from byte " + from + ") " : "")
                + HEX.formatHex(bytes, Math.min(from, to), to)
                + (to < end ? " …" : "");
        return shown.isEmpty() ? "nothing" : shown + (end > AFTER ? " (" + end + " bytes)" : "");
    }
}
