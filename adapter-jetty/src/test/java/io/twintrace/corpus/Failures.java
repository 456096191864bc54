package io.twintrace.corpus;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The applications record the exceptions that they catch here, as others do in their own logs. */
final class Failures {
    private final List<Throwable> all = new CopyOnWriteArrayList<>();

    void add(Throwable failure) {
        all.add(failure);
    }

    List<Throwable> all() {
        return List.copyOf(all);
    }
}
