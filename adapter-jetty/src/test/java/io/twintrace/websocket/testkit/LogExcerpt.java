package io.twintrace.websocket.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An excerpt of a log in the documentation, to compare with a real one. In a page long lines are wrapped: a line that
 * begins with one space continues the line before. A line of three dots stands for any number of lines, and three dots
 * in a line for any part of it.
 *
 * <p>The comparison leaves out what differs from run to run: times, the numbers of threads and objects, and the lines
 * of the library's and the platform's own files.
 */
public final class LogExcerpt {
    private static final String FENCE = "```";
    private static final String REST = "...";

    private final List<String> lines;

    private LogExcerpt(List<String> lines) {
        this.lines = lines;
    }

    /** The block of a page, without a language, in which that text stands. */
    public static LogExcerpt of(Path page, String text) throws IOException {
        StringBuilder block = null; // the one without a language that the line is in
        boolean inside = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith(FENCE)) {
                if (block != null && block.indexOf(text) >= 0) {
                    return new LogExcerpt(normalized(unwrapped(block.toString())));
                }
                inside = !inside;
                block = inside && line.equals(FENCE) ? new StringBuilder() : null;
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        throw new AssertionError(page + " has no log excerpt with: " + text);
    }

    /** Whether a log has these lines, one after another. */
    public boolean isIn(String log) {
        List<String> real = normalized(log);
        for (int start = 0; start < real.size(); start++) {
            if (matches(0, real, start)) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(int line, List<String> real, int at) {
        if (line == lines.size()) {
            return true;
        }
        String expected = lines.get(line);
        if (expected.strip().equals(REST)) {
            for (int next = at; next <= real.size(); next++) {
                if (matches(line + 1, real, next)) {
                    return true;
                }
            }
            return false;
        }
        return at < real.size() && isAlike(expected, real.get(at)) && matches(line + 1, real, at + 1);
    }

    private static boolean isAlike(String expected, String real) {
        String pattern = Arrays.stream(expected.split(Pattern.quote(REST), -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return real.matches(pattern);
    }

    private static String unwrapped(String block) {
        return block.replaceAll("\\n (?! )", " ");
    }

    private static List<String> normalized(String text) {
        String plain = text.replaceAll("Caused by:\\s+", "Caused by: ")
                .replaceAll("(?m)^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d+:WARN ?:[^:]+:[^:]+: ", "")
                .replaceAll("#\\d+", "#")
                .replaceAll("(connection |websocket-|\")\\d+ \\(", "$1 (")
                .replaceAll("startTime = .*", "startTime =") // with the date on newer JDKs
                .replaceAll("(connectionNumber|javaThreadId) = \\d+", "$1 =")
                .replaceAll("pool-\\d+-", "pool-")
                .replaceAll("@[0-9a-f]+", "@")
                .replaceAll("qtp\\d+-\\d+", "qtp")
                .replaceAll("for \\d+ ms so far", "for some ms so far")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[^ ]*Z", "(time)");
        return plain.lines().map(line -> withoutLine(line.strip())).toList();
    }

    /** Frames of the library and the platform, but not of the applications. */
    private static String withoutLine(String line) {
        return line.matches("at (?:\".*\" \\(#\\)/)?(?:java\\.base/|io\\.twintrace\\.websocket\\.).*")
                ? line.replaceAll("\\.java:\\d+\\)", ".java)")
                : line;
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
