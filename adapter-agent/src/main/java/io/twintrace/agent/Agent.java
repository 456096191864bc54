package io.twintrace.agent;

import io.twintrace.agent.dispatch.TwintraceDispatch;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.guard.SessionGuards;
import java.lang.instrument.Instrumentation;

/** The agent in this JVM: installs it, tells how it is, removes it. */
final class Agent {
    /** Where {@link Attach} finds the answer. */
    static final String ANSWER = "twintrace.agent.answer";

    /** How an answer begins if the options are wrong. */
    static final String REFUSED = "not started: ";

    private static AgentOptions installed;
    private static Watch watch;
    private static Transformer transformer;

    private Agent() {}

    /**
     * Executes a command.
     *
     * @param command {@code status}, {@code detach}, or options to install it with; null for the defaults
     * @param instrumentation of this JVM
     */
    static synchronized void run(String command, Instrumentation instrumentation) {
        String answer;
        if ("status".equals(command)) {
            answer = status();
        } else if ("detach".equals(command)) {
            answer = detach(instrumentation);
        } else {
            answer = install(command, instrumentation);
            System.err.println("Twintrace agent: " + answer);
        }
        System.setProperty(ANSWER, answer);
    }

    private static String install(String text, Instrumentation instrumentation) {
        if (installed != null) {
            return "runs already with " + installed + "; detach it first to change its options";
        }
        AgentOptions options;
        try {
            options = AgentOptions.parse(text);
        } catch (IllegalArgumentException e) {
            return REFUSED + e.getMessage();
        }
        watch = new Watch(new SessionGuards(options.mode(), options.level()));
        TwintraceDispatch.install(watch);
        Transformer weaving = new Transformer(options.async());
        instrumentation.addTransformer(weaving, true);
        int loaded = weaving.weaveLoaded(instrumentation);
        transformer = weaving;
        installed = options;
        return "watches writes to WebSocket sessions with " + options
                + (loaded > 0 ? "; classes that were loaded already: " + loaded : "");
    }

    private static String status() {
        if (installed == null) {
            return "not running";
        }
        return "runs with " + installed + "; sessions seen: " + SessionGuards.sessions()
                + "; sessions with a concurrent write: " + ConcurrentWrites.detected() + "; further overlaps on them: "
                + SessionGuards.further();
    }

    private static String detach(Instrumentation instrumentation) {
        if (installed == null) {
            return "not running";
        }
        String last = status();
        instrumentation.removeTransformer(transformer);
        transformer.weaveLoaded(instrumentation);
        watch.end();
        watch = null;
        installed = null;
        transformer = null;
        return "removed; before, it " + last;
    }
}
