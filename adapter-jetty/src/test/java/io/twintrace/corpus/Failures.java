package io.twintrace.corpus;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Where the applications put the exceptions that they catch, as others put them into a log of their own. */
final class Failures {
    private final List<Throwable> all = new CopyOnWriteArrayList<>();

    void add(Throwable failure) {
        all.add(failure);
    }

    List<Throwable> all() {
        return List.copyOf(all);
    }
}
