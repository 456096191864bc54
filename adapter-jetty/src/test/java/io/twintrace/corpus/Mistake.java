package io.twintrace.corpus;

import java.util.Set;

/**
 * A mistake that people have made with WebSockets in servlet containers, as a small application, and its fix. Each is
 * shown in docs/gallery.md under the same name.
 */
interface Mistake {
    /** The name of the mistake in the gallery. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** The two methods of the application that collide, as {@code Class.method}: the log must name exactly these. */
    Set<String> atFault();

    /** The faulty application. */
    Application mistaken(Failures failures);

    /** The same with the least change that fixes it. */
    Application repaired(Failures failures);
}
