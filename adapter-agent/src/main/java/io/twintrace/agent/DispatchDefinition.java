package io.twintrace.agent;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Set;

/**
 * Makes the dispatch a class of the Java platform, before any class that names it is loaded. What that needs is allowed to
 * the module of the agent's class loader alone.
 */
final class DispatchDefinition {
    private static final String FILE = "io/twintrace/agent/dispatch/TwintraceDispatch.class";

    private DispatchDefinition() {}

    static void define(Instrumentation instrumentation) throws IOException, IllegalAccessException {
        Set<Module> agent = Set.of(DispatchDefinition.class.getModule());
        instrumentation.redefineModule(
                Object.class.getModule(), Set.of(), Map.of(), Map.of("java.lang", agent), Set.of(), Map.of());
        try (InputStream file = DispatchDefinition.class.getClassLoader().getResourceAsStream(FILE)) {
            MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup()).defineClass(file.readAllBytes());
        }
    }
}
