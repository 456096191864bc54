package io.twintrace.sample.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The actions of one side in one case: stages, each of which waits for the same stage of the other side.
 *
 * @param source as it stands in the table
 */
record Script(String source, List<Stage> stages) {
    /** A quoted text is one token, whatever it contains. */
    private static final Pattern TOKEN = Pattern.compile("(?:\\d+\\*)?'[^']*'|\\S+");

    private static final Pattern TIMES = Pattern.compile("(\\d+)x");

    /**
     * Steps one after another.
     *
     * @param times how often the stage is done
     */
    record Stage(int times, List<Step> steps) {}

    static Script parse(String source) {
        List<Stage> stages = new ArrayList<>();
        for (List<String> stage : split(tokens(source), "//")) {
            Matcher repeated = TIMES.matcher(stage.get(0));
            boolean once = !repeated.matches();
            stages.add(new Stage(
                    once ? 1 : Integer.parseInt(repeated.group(1)),
                    split(once ? stage : stage.subList(1, stage.size()), "|").stream()
                            .map(StepParser::parse)
                            .toList()));
        }
        return new Script(source, List.copyOf(stages));
    }

    @Override
    public String toString() {
        return source;
    }

    private static List<String> tokens(String source) {
        List<String> tokens = new ArrayList<>();
        for (Matcher token = TOKEN.matcher(source); token.find(); ) {
            tokens.add(token.group());
        }
        return tokens;
    }

    private static List<List<String>> split(List<String> tokens, String separator) {
        List<List<String>> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= tokens.size(); i++) {
            if (i == tokens.size() || tokens.get(i).equals(separator)) {
                if (from == i) {
                    throw new IllegalArgumentException("nothing between the separators");
                }
                parts.add(tokens.subList(from, i));
                from = i + 1;
            }
        }
        return parts;
    }
}
