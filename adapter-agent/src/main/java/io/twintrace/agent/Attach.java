package io.twintrace.agent;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.File;
import java.io.IOException;

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
            level=calls, messages (default) or traced.
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
            System.out.println(execute(arguments[0], arguments.length > 1 ? arguments[1] : ""));
        } catch (NoClassDefFoundError e) {
            fail("this needs a JDK, with the module jdk.attach; a JRE has no " + e.getMessage());
        } catch (AttachNotSupportedException | IOException e) {
            fail("cannot reach process " + arguments[0] + ": " + e.getMessage()
                    + ". It must be a JVM of the same user, without -XX:+DisableAttachMechanism");
        } catch (Exception e) { // of the agent's start there
            fail("process " + arguments[0] + " has refused the agent: " + e);
        }
    }

    private static String execute(String process, String command) throws Exception {
        VirtualMachine jvm = VirtualMachine.attach(process);
        try {
            File jar = new File(Attach.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            jvm.loadAgent(jar.getAbsolutePath(), command);
            return jvm.getSystemProperties().getProperty(Agent.ANSWER, "no answer: see its standard error");
        } finally {
            jvm.detach();
        }
    }

    private static void fail(String why) {
        System.err.println(why);
        System.exit(1);
    }
}
