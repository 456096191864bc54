package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares with two references that share no code with the validator. The JDK's decoder says whether a text is valid as
 * a whole; the beginnings of all encoded code points say at which byte it first goes wrong.
 */
class Utf8ExhaustiveTest {
    /** The beginnings of characters, by length: a bit for each sequence of one, two and three bytes. */
    private static final BitSet[] BEGINNINGS = {new BitSet(1 << 8), new BitSet(1 << 16), new BitSet(1 << 24)};

    /** The whole characters of one to three bytes. */
    private static final BitSet[] WHOLE = {new BitSet(1 << 8), new BitSet(1 << 16), new BitSet(1 << 24)};

    private final CharsetDecoder jdk = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final CharBuffer chars = CharBuffer.allocate(64);
    private final Utf8Validator utf8 = new Utf8Validator();
    private final byte[] text = new byte[4];

    @BeforeAll
    static void encodeEveryCodePoint() {
        for (int code = 0; code <= Character.MAX_CODE_POINT; code++) {
            if (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE) {
                continue;
            }
            byte[] bytes = Character.toString(code).getBytes(StandardCharsets.UTF_8);
            int prefix = 0;
            for (int i = 0; i < bytes.length; i++) {
                prefix = prefix << 8 | (bytes[i] & 0xFF);
                if (i < 3) {
                    (i == bytes.length - 1 ? WHOLE : BEGINNINGS)[i].set(prefix);
                }
            }
        }
    }

    @Test
    void allSequencesOfUpToThreeBytesAgreeWithTheJdkAtEachByte() throws Exception {
        long[] judged = new long[1];
        onShortStack(() -> descend(0, judged));
        assertEquals(256 + 65536 + 16777216, judged[0]);
    }

    /** Extends a beginning by each byte. Invalid text stays invalid, as the JDK confirms for all extensions. */
    private void descend(int length, long[] judged) {
        for (int next = 0; next < 256; next++) {
            text[length] = (byte) next;
            boolean fine = referenceAllows(length + 1);
            if (fine != validatorAllows(length + 1)) {
                throw new AssertionError("allowed should be " + fine + " at the last byte of " + shown(length + 1));
            }
            if (fine) {
                judged[0]++;
                if (jdkAccepts(length + 1) != finishes()) {
                    throw new AssertionError("the JDK differs at the end of " + shown(length + 1));
                }
                if (length + 1 < 3) {
                    descend(length + 1, judged);
                }
            } else {
                judged[0] += jdkRefusesAllThatBeginsWith(length + 1);
            }
        }
    }

    private long jdkRefusesAllThatBeginsWith(int length) {
        if (jdkAccepts(length)) {
            throw new AssertionError("the JDK accepts " + shown(length));
        }
        long judged = 1;
        if (length < 3) {
            for (int next = 0; next < 256; next++) {
                text[length] = (byte) next;
                judged += jdkRefusesAllThatBeginsWith(length + 1);
            }
        }
        return judged;
    }

    @Test
    void randomSequencesOfFourBytesAgreeWithTheJdkAtEachByte() throws Exception {
        onShortStack(this::judgeRandomSequences);
    }

    private void judgeRandomSequences() {
        Random random = new Random(3629);
        int accepted = 0;
        for (int round = 0; round < 400_000; round++) {
            random.nextBytes(text);
            if (round % 4 != 0) { // otherwise hardly any would reach the fourth byte
                text[0] = (byte) (0xF0 | (text[0] & 0x07));
                text[1] = (byte) (0x80 | (text[1] & 0x3F));
                text[2] = (byte) (round % 4 == 1 ? text[2] : 0x80 | (text[2] & 0x3F));
                text[3] = (byte) (round % 4 == 2 ? text[3] : 0x80 | (text[3] & 0x3F));
            }
            int allowed = 0;
            while (allowed < 4 && referenceAllows(allowed + 1)) {
                allowed++;
            }
            boolean whole = allowed == 4;
            if (allowed > 0 && !validatorAllows(allowed)) {
                throw new AssertionError("refused too early: " + shown(4));
            }
            if (!whole && validatorAllows(allowed + 1)) {
                throw new AssertionError("not refused at byte " + allowed + ": " + shown(4));
            }
            if ((whole && finishes()) != jdkAccepts(4)) {
                throw new AssertionError("the JDK differs: " + shown(4));
            }
            accepted += whole ? 1 : 0;
        }
        assertTrue(accepted > 40_000, accepted + " valid ones among them");
    }

    /** This throws millions of exceptions. On their own thread, their stacks are short and quick to fill in. */
    private static void onShortStack(Runnable body) throws Exception {
        FutureTask<Void> task = new FutureTask<>(body, null);
        new Thread(task, "utf8").start();
        task.get();
    }

    /** Whether the sequence so far is whole characters and then possibly the beginning of another one. */
    private boolean referenceAllows(int length) {
        int start = 0;
        int prefix = 0;
        for (int i = 0; i < length; i++) {
            prefix = prefix << 8 | (text[i] & 0xFF);
            int size = i - start; // less one
            if (size == 3) {
                return (text[i] & 0xC0) == 0x80; // only reached behind a beginning of three bytes
            }
            if (WHOLE[size].get(prefix)) {
                start = i + 1;
                prefix = 0;
            } else if (!BEGINNINGS[size].get(prefix)) {
                return false;
            }
        }
        return true;
    }

    private boolean validatorAllows(int length) {
        utf8.reset();
        try {
            utf8.accept(text, 0, length);
            return true;
        } catch (ProtocolException e) {
            return false;
        }
    }

    private boolean finishes() {
        try {
            utf8.finish();
            return true;
        } catch (ProtocolException e) {
            return false;
        }
    }

    private boolean jdkAccepts(int length) {
        chars.clear();
        jdk.reset();
        return jdk.decode(ByteBuffer.wrap(text, 0, length), chars, true).isUnderflow();
    }

    private String shown(int length) {
        return Hex.of(Arrays.copyOf(text, length));
    }
}
