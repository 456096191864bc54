package io.twintrace.websocket.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Fails each test of a class, or one test, when two threads wrote to one connection while it ran, even if the
 * application has swallowed both exceptions. The failure shows both stacks. The test's own failure, for example that
 * its connection is gone, is suppressed under it.
 *
 * <pre>{@code
 * @NoConcurrentWrites(widenMicros = 2000)
 * class ChatTest {
 *     ...
 * }
 * }</pre>
 *
 * <p>Conflicts are seen in this copy of the library alone: the application under test has to run in the same virtual
 * machine, and not with a jar of its own. Of tests that run at the same time, one of each class is blamed: the first to
 * end, whether it is at fault or not. On methods, in place of their class, the annotation blames all of them.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(ConcurrentWriteWatch.class)
public @interface NoConcurrentWrites {
    /**
     * {@return the longest time that each write is held up inside the detector's guard, in microseconds} The time is chosen at
     * random, half of this on average. How much more often this reveals a rare race is measured in
     * docs/concurrent-writes.md. Holds for connections that begin while the test runs, or its class. 0, the default,
     * holds up nothing.
     */
    int widenMicros() default 0;
}
