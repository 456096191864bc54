package io.twintrace.agent;

import java.lang.instrument.Instrumentation;

/** The first class of the agent in its own class loader. */
public final class Start {
    private static boolean isDefined;

    private Start() {}

    /**
     * Executes a command.
     *
     * @param command see {@link Agent}
     * @param instrumentation of this JVM
     * @throws Exception if this JVM refuses something
     */
    public static synchronized void run(String command, Instrumentation instrumentation) throws Exception {
        if (!isDefined) {
            DispatchDefinition.define(instrumentation);
            isDefined = true;
        }
        Agent.run(command, instrumentation);
    }
}
