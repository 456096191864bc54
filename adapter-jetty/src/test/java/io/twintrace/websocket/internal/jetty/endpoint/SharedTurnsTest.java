package io.twintrace.websocket.internal.jetty.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where something fails: no turn may be lost, since its connection would hear nothing any more. */
class SharedTurnsTest {
    private static final int LONG = 60_000;

    private final ManagedSelector selector = mock(ManagedSelector.class);
    private final Executor threads = mock(Executor.class);
    private final List<String> taken = new ArrayList<>();
    private SharedTurns turns;

    @BeforeEach
    void create() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor shares nothing");
        turns = SharedTurns.of(selector, managerOf(threads));
    }

    private void add(String... names) {
        for (String name : names) {
            assertTrue(turns.add(() -> taken.add(name), LONG));
        }
    }

    @Test
    void theSelectorIsToldOnceAndTakesAll() {
        add("one", "two", "three");
        verify(selector).submit(turns);
        turns.update(null);
        assertEquals(List.of("one", "two", "three"), taken);
    }

    private void select(int connections) {
        for (int i = 0; i < connections; i++) {
            turns.countSelected();
        }
        turns.selectionHasEnded();
        turns.selectionHasEnded(); // as for each key that was selected
    }

    /** Input that comes a moment late is found by a selection of its own. */
    @Test
    void aFewLateOnesDoNotEndACrowd() {
        select(300);
        assertTrue(turns.isCrowded());
        select(1);
        select(2);
        assertTrue(turns.isCrowded());
    }

    @Test
    void aCrowdThatHasGoneIsForgotten() {
        select(10_000);
        for (int i = 0; i < 40; i++) {
            select(1);
        }
        assertFalse(turns.isCrowded());
    }

    @Test
    void theOthersAreTakenAfterOneThatFails() {
        assertTrue(turns.add(
                () -> {
                    throw new OutOfMemoryError("as any turn may meet it");
                },
                LONG));
        assertTrue(turns.add(
                () -> {
                    throw new IllegalStateException("a bug");
                },
                LONG));
        add("last");
        assertThrows(IllegalStateException.class, () -> turns.update(null));
        assertEquals(List.of("last"), taken);
    }

    @ParameterizedTest
    @ValueSource(classes = {RejectedExecutionException.class, OutOfMemoryError.class})
    void theSelectorsThreadWorksAloneIfThereIsNoOther(Class<? extends Throwable> why) {
        doThrow(why).when(threads).execute(any());
        add("one", "two");
        turns.update(null);
        assertEquals(List.of("one", "two"), taken);
    }

    @Test
    void aTurnThatCannotBeQueuedIsLeftToTheCaller() {
        doThrow(OutOfMemoryError.class).when(selector).submit(any());
        assertFalse(turns.add(() -> taken.add("queued"), LONG));
        turns.update(null);
        assertEquals(List.of(), taken);
    }

    @ParameterizedTest
    @CsvSource({"2, 49000, false", "2, 50000, true", "39, 2500, false", "40, 2500, true"})
    void anotherThreadIsCalledForMuchWorkOnly(int count, int nanos, boolean isCalled) {
        for (int i = 0; i < count; i++) {
            assertTrue(turns.add(() -> taken.add("turn"), nanos));
        }
        turns.update(null);
        assertEquals(count, taken.size());
        verify(threads, isCalled ? atLeastOnce() : never()).execute(any());
    }

    @Test
    void anotherThreadIsCalledAgainAfterTheFirstHasEndedOrWasDroppedByTheServer() throws IOException {
        assumeTrue(Runtime.getRuntime().availableProcessors() == 2, "else there are more helpers");
        List<Runnable> helpers = new ArrayList<>();
        doAnswer(call -> helpers.add(call.getArgument(0))).when(threads).execute(any());
        add("one", "two", "three");
        turns.update(null);
        assertEquals(1, helpers.size(), "while one is called, no other");
        helpers.get(0).run();
        add("four", "five");
        turns.update(null);
        assertEquals(2, helpers.size());
        ((Closeable) helpers.get(1)).close();
        helpers.get(1).run(); // too late, and not counted twice
        add("six", "seven", "eight");
        turns.update(null);
        assertEquals(3, helpers.size());
        assertEquals(8, taken.size());
    }

    private static SelectorManager managerOf(Executor threads) {
        SelectorManager manager = mock(SelectorManager.class);
        when(manager.getSelectorCount()).thenReturn(1);
        when(manager.getExecutor()).thenReturn(threads);
        return manager;
    }
}
