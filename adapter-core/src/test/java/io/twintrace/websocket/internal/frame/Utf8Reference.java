package io.twintrace.websocket.internal.frame;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The verdict of the JDK's strict decoder on a text, whole or in part. */
public final class Utf8Reference {
    private Utf8Reference() {}

    /** Whether {@code text} is UTF-8. */
    public static boolean isText(byte[] text) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(text));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /**
     * Whether {@code bytes} may be the beginning of a text. Where a first byte narrows the range of the second one, it
     * leaves either the lowest or the highest continuation byte in it. So if any completion is text, one of these is.
     */
    public static boolean isBeginningOfText(byte[] bytes) {
        for (int missing = 0; missing <= 3; missing++) {
            for (byte filler : new byte[] {(byte) 0x80, (byte) 0xBF}) {
                byte[] completed = Arrays.copyOf(bytes, bytes.length + missing);
                Arrays.fill(completed, bytes.length, completed.length, filler);
                if (isText(completed)) {
                    return true;
                }
            }
        }
        return false;
    }
}
