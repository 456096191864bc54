package io.twintrace.websocket.benchmarks.endtoend.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/** The reply expected is the payload sent. */
class PayloadTest {
    @Test
    void numberedTextOfEveryHeaderLength() {
        for (int size : new int[] {8, 125, 126, 65535, 65536}) {
            NumberedText text = new NumberedText(3, size);
            for (long number : new long[] {0, 1, 0x12345678}) {
                assertEquals(string(text.expected(number)), unmasked(text, number, size));
            }
            assertNotEquals(string(text.expected(1)), string(text.expected(2)));
        }
    }

    @Test
    void textThatIsNotAscii() throws Exception {
        for (int size = 8; size < 200; size++) {
            NumberedText text = new NumberedText(size, size, true, false);
            String decoded = StandardCharsets.UTF_8
                    .newDecoder() // which throws on invalid UTF-8
                    .decode(text.expected(7).duplicate().rewind())
                    .toString();
            assertTrue(decoded.startsWith("00000007"), decoded);
            assertEquals(string(text.expected(7)), unmasked(text, 7, size));
            assertTrue(size < 100 || decoded.length() < size * 3 / 4, decoded);
        }
    }

    @Test
    void compressedDocumentsInflateToWhatIsExpected() throws Exception {
        Payload documents = new JsonDocuments(1024).startingAt(5);
        for (int number = 0; number < 300; number++) {
            String compressed = unmasked(documents, number, documents.maxFrame());
            Inflater inflater = new Inflater(true);
            inflater.setInput((compressed + "\0\0\u00ff\u00ff").getBytes(StandardCharsets.ISO_8859_1));
            byte[] inflated = new byte[2048];
            int length = inflater.inflate(inflated);
            inflater.end();
            assertEquals(1024, length);
            assertTrue(string(documents.expected(number))
                    .matches("\\{\"orders\":\\[\\{.*\\}\\],\"remark\":\"[a-z ]*\"\\}"));
            assertEquals(string(documents.expected(number)), string(ByteBuffer.wrap(inflated, 0, length)));
        }
    }

    private static String unmasked(Payload payload, long number, int size) {
        ByteBuffer frame = ByteBuffer.allocate(size + 64);
        payload.append(frame, number);
        frame.flip();
        int length = frame.get(1) & 0x7F;
        frame.position(length < 126 ? 2 : length == 126 ? 4 : 10);
        int mask = frame.getInt();
        byte[] body = new byte[frame.remaining()];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (frame.get() ^ MaskedFrame.maskByte(mask, i));
        }
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    private static String string(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes.duplicate().rewind()).toString();
    }
}
