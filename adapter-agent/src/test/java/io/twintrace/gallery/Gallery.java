package io.twintrace.gallery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Mistakes of docs/gallery.md by their names, each with its fix, for one WebSocket API. The paths are
 * {@code /mistakes/NAME} and {@code /repaired/NAME}.
 *
 * @param <S> the session of the WebSocket API
 */
public final class Gallery<S> {
    public static final String MISTAKES = "/mistakes/";
    public static final String REPAIRED = "/repaired/";

    private static final int WRITES_OF_THE_MISTAKEN = 2_000_000;
    private static final int WRITES_OF_THE_REPAIRED = Integer.getInteger("repaired.writes", 100_000);

    private final Map<String, Supplier<Application<S>>> mistaken = new LinkedHashMap<>();
    private final Map<String, Supplier<Application<S>>> repaired = new LinkedHashMap<>();

    /** Adds a mistake and its fix. */
    public Gallery<S> with(String name, Supplier<Application<S>> theMistaken, Supplier<Application<S>> theRepaired) {
        mistaken.put(name, theMistaken);
        repaired.put(name, theRepaired);
        return this;
    }

    /** Returns the names in the order of the gallery. */
    public Set<String> names() {
        return Collections.unmodifiableSet(mistaken.keySet());
    }

    /** Returns how many clients the mistake needs. */
    public int clients(String name) {
        return mistaken.get(name).get().clients();
    }

    /** Returns the two methods at fault, as {@code Class.method}. */
    public Set<String> atFault(String name) {
        String type = mistaken.get(name).get().atFault().getName().replaceFirst(".*\\.", "");
        return Set.of(type + ".pushPrices", type + ".pushNews");
    }

    /** Returns a new application for each path. */
    public Map<String, Application<S>> applications() {
        Map<String, Application<S>> applications = new LinkedHashMap<>();
        applications.putAll(paths(MISTAKES, mistaken, WRITES_OF_THE_MISTAKEN));
        applications.putAll(paths(REPAIRED, repaired, WRITES_OF_THE_REPAIRED));
        return applications;
    }

    private static <S> Map<String, Application<S>> paths(
            String prefix, Map<String, Supplier<Application<S>>> suppliers, int writes) {
        Function<String, Application<S>> create = name -> {
            Application<S> application = suppliers.get(name).get();
            application.count(new Tally(prefix + name, writes));
            return application;
        };
        return suppliers.keySet().stream().collect(Collectors.toMap(name -> prefix + name, create));
    }
}
