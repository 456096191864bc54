package io.twintrace.websocket.servlet;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which name was meant by a misspelt one. */
final class Spelling {
    private Spelling() {}

    /**
     * Finds the name with the fewest mistakes: a missing, additional or wrong letter. Neither case counts, nor an
     * underscore in place of a hyphen.
     *
     * @return empty if even that one has more than one mistake in three letters
     */
    static Optional<String> nearest(String misspelt, Collection<String> names) {
        String plain = plain(misspelt);
        return names.stream()
                .min(Comparator.comparingInt(name -> mistakes(plain, plain(name))))
                .filter(name -> mistakes(plain, plain(name)) <= name.length() / 3);
    }

    private static String plain(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The Levenshtein distance, which keeps the last two rows of its table. */
    private static int mistakes(String a, String b) {
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] free = last;
            last = row;
            row = free;
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int wrong = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(last[j - 1] + wrong, 1 + Math.min(last[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
