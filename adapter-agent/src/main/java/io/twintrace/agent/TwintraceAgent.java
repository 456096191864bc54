package io.twintrace.agent;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;

/** Where the JVM starts the agent: with the JVM, or later by {@link Attach}. An error leaves the application alone. */
public final class TwintraceAgent {
    private static Method run;

    private TwintraceAgent() {}

    /**
     * Called before the application's main method.
     *
     * @param options those after {@code =}; null for none
     * @param instrumentation of this JVM
     */
    public static void premain(String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    /**
     * Called in a JVM that runs already.
     *
     * @param options or a command: see {@link Attach}
     * @param instrumentation of this JVM
     */
    public static void agentmain(String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    private static synchronized void start(String options, Instrumentation instrumentation) {
        try {
            if (run == null) {
                run = ownLoader()
                        .loadClass("io.twintrace.agent.Start")
                        .getMethod("run", String.class, Instrumentation.class);
            }
            run.invoke(null, options, instrumentation);
        } catch (InvocationTargetException e) {
            report(e.getCause());
        } catch (ReflectiveOperationException | RuntimeException | Error e) {
            report(e);
        }
    }

    /** So that what the agent may do in the JVM is not allowed to the application, in whose class path it is. */
    @SuppressWarnings("resource") // stays open as long as the JVM
    private static ClassLoader ownLoader() {
        URL jar = TwintraceAgent.class.getProtectionDomain().getCodeSource().getLocation();
        return new URLClassLoader("twintrace-agent", new URL[] {jar}, ClassLoader.getPlatformClassLoader());
    }

    private static void report(Throwable t) {
        System.err.println("Twintrace agent: cannot start. The application runs without it.");
        t.printStackTrace();
    }
}
