package io.twintrace.agent.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;

/** The agent of this build, if there is one yet. */
final class AgentJar {
    private static final String MAIN_CLASS = "io/twintrace/agent/TwintraceAgent.class";

    private AgentJar() {}

    /** Returns whether the agent is built. */
    static boolean exists() throws IOException {
        Path jar = path();
        if (!Files.exists(jar)) {
            return false;
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getEntry(MAIN_CLASS) != null;
        }
    }

    /** Returns the options of a JVM with the agent, or none if there is no agent. */
    static List<String> options() throws IOException {
        return exists() ? List.of("-javaagent:" + path()) : List.of();
    }

    /** Returns the options of a JVM with the agent and these options of its own. */
    static List<String> options(String agents) {
        return List.of("-javaagent:" + path() + "=" + agents);
    }

    private static Path path() {
        return Path.of(System.getProperty("agent.jar", "target/twintrace-agent.jar"))
                .toAbsolutePath();
    }
}
