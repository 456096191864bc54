package io.twintrace.agent.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;

/** The agent of this build. */
final class AgentJar {
    private AgentJar() {}

    /** Returns the options of a JVM with the agent. */
    static List<String> options() throws IOException {
        return List.of(option());
    }

    /** Returns the options of a JVM with the agent and these options of its own. */
    static List<String> options(String agents) throws IOException {
        return List.of(option() + "=" + agents);
    }

    /** Returns the option of a JVM with the agent. */
    static String option() throws IOException {
        return "-javaagent:" + path();
    }

    /**
     * Returns where it is.
     *
     * @throws IOException if it is not built
     */
    static Path path() throws IOException {
        Path jar = Path.of(System.getProperty("agent.jar", "target/twintrace-agent.jar"))
                .toAbsolutePath();
        try (JarFile file = new JarFile(jar.toFile())) {
            if (file.getManifest().getMainAttributes().getValue("Premain-Class") != null
                    && file.getEntry("io/twintrace/agent/bytebuddy/ByteBuddy.class") != null) {
                return jar;
            }
        } catch (IOException e) {
            throw new IOException("no agent " + jar + ": build it with mvn verify", e);
        }
        throw new IOException("no agent in " + jar + ": build it with mvn verify");
    }
}
