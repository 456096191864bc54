package io.twintrace.websocket.benchmarks;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads write once each. The third value tells whether the write side has failed afterwards. */
@JCStressTest
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "neither failed: the writes did not overlap")
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "both failed, each with the other's stack")
@Outcome(expect = Expect.FORBIDDEN, desc = "one alone, or without the other's stack, or without poison")
@State
public class TwoWritersStress {
    private final GuardedWrites connection = new GuardedWrites();

    @Actor
    public void one(III_Result result) {
        result.r1 = connection.writeOne();
    }

    @Actor
    public void two(III_Result result) {
        result.r2 = connection.writeTwo();
    }

    @Arbiter
    public void afterwards(III_Result result) {
        result.r3 = connection.isPoisoned() ? 1 : 0;
    }
}
