package io.twintrace.agent;

import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.guard.GuardMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What is written after {@code =}: {@code mode=fail,level=traced,async=true}.
 *
 * @param mode what happens at a conflict
 * @param level the conflicts to detect
 * @param async whether asynchronous sends are watched too, each until it is complete
 */
record AgentOptions(GuardMode mode, DetectorLevel level, boolean async) {
    private static final AgentOptions DEFAULTS = new AgentOptions(GuardMode.REPORT, DetectorLevel.MESSAGES, false);

    /**
     * Reads options.
     *
     * @param text null or empty for the defaults
     * @throws IllegalArgumentException if something is wrong; names it, and what is valid
     */
    static AgentOptions parse(String text) {
        AgentOptions options = DEFAULTS;
        for (String each : text == null ? new String[0] : text.split(",", -1)) {
            if (!each.isBlank()) {
                options = options.with(each.strip());
            }
        }
        return options;
    }

    private AgentOptions with(String option) {
        int equals = option.indexOf('=');
        String value = option.substring(equals + 1);
        return switch (equals < 0 ? "" : option.substring(0, equals)) {
            case "mode" -> new AgentOptions(value(GuardMode.class, option, value), level, async);
            case "level" -> new AgentOptions(mode, value(DetectorLevel.class, option, value), async);
            case "async" -> new AgentOptions(mode, level, isTrue(option, value));
            default ->
                throw new IllegalArgumentException("unknown option \"" + option + "\". Valid are "
                        + valid(GuardMode.class).collect(Collectors.joining(", mode=", "mode=", "")) + ", "
                        + valid(DetectorLevel.class).collect(Collectors.joining(", level=", "level=", ""))
                        + ", async=true and async=false, with commas between them");
        };
    }

    private static boolean isTrue(String option, String value) {
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("unknown value in \"" + option + "\". Valid are true, false");
        }
        return value.equals("true");
    }

    private static <T extends Enum<T>> T value(Class<T> type, String option, String value) {
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> name(each).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown value in \"" + option + "\". Valid are "
                        + valid(type).collect(Collectors.joining(", "))));
    }

    private static <T extends Enum<T>> java.util.stream.Stream<String> valid(Class<T> type) {
        return Arrays.stream(type.getEnumConstants()).map(AgentOptions::name);
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "mode=" + name(mode) + ",level=" + name(level) + (async ? ",async=true" : "");
    }
}
