package io.twintrace.sample.conformance;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * The messages of groups 12 and 13 are cut from this text, made from a seed. As large as the suite's files, and as
 * dense.
 */
enum Corpus {
    JSON(true, 194_056) {
        @Override
        void append(StringBuilder text, Random random) {
            text.append("{\"case\": \"")
                    .append(1 + random.nextInt(13))
                    .append('.')
                    .append(1 + random.nextInt(20))
                    .append("\", \"passed\": ")
                    .append(random.nextInt(8) != 0)
                    .append(", \"millis\": ")
                    .append(random.nextInt(1000))
                    .append(", \"peer\": \"")
                    .append(word(random))
                    .append("\"},\n  ");
        }
    },

    /** Neighboring bytes differ little, and never repeat for long. */
    PICTURE(false, 263_222) {
        @Override
        void append(StringBuilder bytes, Random random) {
            int last = bytes.length() == 0 ? 128 : bytes.charAt(bytes.length() - 1);
            bytes.append((char) (last + random.nextInt(5) - 2 & 0xff));
        }
    },

    PROSE(false, 222_218) {
        @Override
        void append(StringBuilder text, Random random) {
            text.append(word(random)).append(random.nextInt(9) == 0 ? ",\r\n" : " ");
        }
    },

    /** With characters of two and three bytes. */
    MARKUP(true, 263_647) {
        @Override
        void append(StringBuilder text, Random random) {
            String word = word(random);
            text.append("<li class=\"entry\"><a href=\"#")
                    .append(word)
                    .append("\">")
                    .append(word)
                    .append(random.nextInt(4) == 0 ? " – groß €" : "")
                    .append("</a></li>\n");
        }
    },

    /** Hardly compressible, except for an occasional line. */
    DOCUMENT(false, 1_042_328) {
        @Override
        void append(StringBuilder bytes, Random random) {
            for (int i = 0; i < 500; i++) {
                bytes.append((char) random.nextInt(256));
            }
            bytes.append("\nendstream endobj\n");
        }
    };

    private final boolean isText;
    private final String data;

    Corpus(boolean isText, int length) {
        this.isText = isText;
        StringBuilder all = new StringBuilder(length + 1000);
        for (Random random = new Random(name().hashCode()); all.length() < length; ) {
            append(all, random);
        }
        this.data = all.substring(0, length);
    }

    int opcode() {
        return isText ? 1 : 2;
    }

    /** So many characters or bytes from this position on. After the end it starts again at the beginning. */
    byte[] piece(int position, int pieceLength) {
        int from = position % data.length();
        int to = Math.min(data.length(), from + pieceLength);
        String piece = data.substring(from, to) + data.substring(0, pieceLength - (to - from));
        return piece.getBytes(isText ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }

    abstract void append(StringBuilder data, Random random);

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int syllables = 1 + random.nextInt(3); syllables > 0; syllables--) {
            word.append("bdfgklmnprstw".charAt(random.nextInt(13))).append("aeiou".charAt(random.nextInt(5)));
        }
        return word.toString();
    }
}
