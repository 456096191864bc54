package io.twintrace.websocket.benchmarks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** Three threads write once each. The third one finishes before the conflict, or fails as a later writer (2). */
@JCStressTest
@Outcome(id = "0, 0, 0, 0", expect = Expect.ACCEPTABLE, desc = "none failed: no writes overlapped")
@Outcome(
        id = {"1, 1, 0, 1", "1, 0, 1, 1", "0, 1, 1, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "two failed, the third was through before")
@Outcome(
        id = {"1, 1, 2, 1", "1, 2, 1, 1", "2, 1, 1, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "two failed, and the third after them")
@Outcome(expect = Expect.FORBIDDEN, desc = "one alone, or without the other's stack, or without poison")
@State
public class ThreeWritersStress {
    private final GuardedWrites connection = new GuardedWrites();

    @Actor
    public void one(IIII_Result result) {
        result.r1 = connection.writeOne();
    }

    @Actor
    public void two(IIII_Result result) {
        result.r2 = connection.writeTwo();
    }

    @Actor
    public void three(IIII_Result result) {
        result.r3 = connection.writeThree();
    }

    @Arbiter
    public void afterwards(IIII_Result result) {
        result.r4 = connection.isPoisoned() ? 1 : 0;
    }
}
