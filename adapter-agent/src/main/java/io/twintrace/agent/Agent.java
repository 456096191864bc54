package io.twintrace.agent;

import io.twintrace.agent.dispatch.TwintraceDispatch;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.guard.SessionGuards;
import java.lang.instrument.Instrumentation;

/** The agent in this JVM: installs it, tells how it is, removes it. */
final class Agent {
    /** Where {@link Attach} finds the answer. */
    static final String ANSWER = "twintrace.agent.answer";

    /** How an answer begins if the options are wrong, or other ones than those it runs with. */
    static final String REFUSED = "not started: ";

    private static final String NOT_RUNNING = "not running";

    private static AgentOptions installed;
    private static Watch watch;
    private static Transformer transformer;

    // What was counted before, for an agent that was removed and comes again.
    private static long sessionsBefore;
    private static long detectedBefore;
    private static long furtherBefore;

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
        AgentOptions options;
        try {
            options = AgentOptions.parse(text);
        } catch (IllegalArgumentException e) {
            return REFUSED + e.getMessage();
        }
        if (installed != null) {
            String already = "runs already with " + installed;
            return options.equals(installed) ? already : REFUSED + already + "; detach it first to change its options";
        }
        sessionsBefore = SessionGuards.sessions();
        detectedBefore = ConcurrentWrites.detected();
        furtherBefore = SessionGuards.further();
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
        return installed == null ? NOT_RUNNING : "runs with " + installed + counts();
    }

    private static String counts() {
        return "; sessions seen: " + (SessionGuards.sessions() - sessionsBefore)
                + "; sessions with a concurrent write: " + (ConcurrentWrites.detected() - detectedBefore)
                + "; further overlaps on them: " + (SessionGuards.further() - furtherBefore);
    }

    private static String detach(Instrumentation instrumentation) {
        if (installed == null) {
            return NOT_RUNNING;
        }
        String last = "removed; it ran with " + installed + counts();
        instrumentation.removeTransformer(transformer);
        transformer.weaveLoaded(instrumentation);
        watch.end();
        watch = null;
        installed = null;
        transformer = null;
        return last;
    }
}
