package io.twintrace.agent;

import com.sun.tools.attach.VirtualMachine;
import java.io.File;

/** Reaches the agent in another JVM. */
final class AttachedJvm {
    private AttachedJvm() {}

    /**
     * Has the agent there execute a command.
     *
     * @return its answer
     * @throws Exception if it cannot be reached
     */
    static String execute(String process, String command) throws Exception {
        VirtualMachine jvm = VirtualMachine.attach(process);
        try {
            File jar = new File(AttachedJvm.class
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
}
