package io.twintrace.agent;

/** The command line: starts the agent in a JVM that runs already. */
public final class Attach {
    private static final String USAGE = """
            Names both threads of a concurrent write to a WebSocket session.

            With the application:        java -javaagent:twintrace-agent.jar -jar app.jar
              with options:              java -javaagent:twintrace-agent.jar=mode=fail,level=traced -jar app.jar
            In a JVM that runs already:  java -jar twintrace-agent.jar PID [OPTIONS]
              how it is:                 java -jar twintrace-agent.jar PID status
              remove it:                 java -jar twintrace-agent.jar PID detach

            mode=report (default) logs both stacks; mode=fail also throws to both threads.
            level=calls, messages (default) or traced; async=true watches asynchronous sends too.
            """;

    private Attach() {}

    /**
     * Executes one command, and prints the answer.
     *
     * @param arguments the id of the process; {@code status}, {@code detach} or options
     */
    public static void main(String[] arguments) {
        if (arguments.length < 1 || arguments.length > 2 || !arguments[0].matches("[0-9]+")) {
            System.err.print(USAGE);
            System.exit(2);
        }
        try {
            String answer = AttachedJvm.execute(arguments[0], arguments.length > 1 ? arguments[1] : "");
            if (answer.startsWith(Agent.REFUSED)) {
                fail(answer + (answer.contains("unknown option") ? ". The commands are status and detach" : ""));
            }
            System.out.println(answer);
        } catch (NoClassDefFoundError e) { // by another class, for the JVM looks at this one before it runs it
            fail("this needs a JDK, or a runtime with the module jdk.attach");
        } catch (Exception e) {
            fail("cannot reach process " + arguments[0] + ": " + e.getMessage()
                    + ". It must be a JVM of the same user, without -XX:+DisableAttachMechanism");
        }
    }

    private static void fail(String why) {
        System.err.println(why);
        System.exit(1);
    }
}
