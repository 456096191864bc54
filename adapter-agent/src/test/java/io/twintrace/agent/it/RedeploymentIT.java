package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agent knows of sessions and of races does not keep an application in memory that is undeployed. */
class RedeploymentIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int DEPLOYMENTS = 10;
    private static final String CONTEXT = "/redeployed";
    private static final String PATH = CONTEXT + "/writers";

    /** The manager's own, which stays. */
    private static final int OTHERS = 1;

    private static final Pattern LOADERS = Pattern.compile(
            "(?m)^ *\\d+: +(\\d+) +\\d+ +org\\.apache\\.catalina\\.loader\\.ParallelWebappClassLoader\\b");

    @TempDir
    private Path base;

    private Path war;

    @BeforeEach
    void createApplication() throws Exception {
        war = GalleryWar.ofPackage(base.resolve("application.war"), "redeployed");
        TomcatManager.addTo(StockContainer.TOMCAT_11, base);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=report", "mode=report,level=traced,async=true", "mode=fail"})
    void anApplicationLeavesTheMemoryAfterRacesOnSessionsThatItKeeps(String options) throws Exception {
        try (ContainerProcess process = start(options)) {
            TomcatManager manager = new TomcatManager(process);
            for (int i = 0; i < DEPLOYMENTS; i++) {
                manager.deploy(CONTEXT, war);
                try (Client staying = answered(process, "hello")) {
                    race(process, "race", "pushPrices", "pushNews");
                    if (options.contains("async")) {
                        race(process, "unawaited", "beginPrices", "beginNews");
                    }
                    manager.undeploy(CONTEXT);
                }
            }
            assertEquals(0, loadersOnceNone(process), process::log);
        }
    }

    /** The test above would see it. */
    @Test
    void anApplicationWithAThreadThatGoesOnStaysInMemory() throws Exception {
        int deployments = 2;
        try (ContainerProcess process = start("mode=report")) {
            TomcatManager manager = new TomcatManager(process);
            for (int i = 0; i < deployments; i++) {
                manager.deploy(CONTEXT, war);
                try (Client client = answered(process, "leak")) {
                    manager.undeploy(CONTEXT);
                }
            }
            assertEquals(deployments, loaders(process), process::log);
        }
    }

    private ContainerProcess start(String options) throws Exception {
        return StockContainer.TOMCAT_11.start(base, AgentJar.option() + "=" + options);
    }

    private static Client answered(ContainerProcess process, String message) throws Exception {
        Client client = Client.open(process.uri(PATH));
        client.send(message).join();
        client.awaitMessage((int) PATIENCE.toSeconds());
        return client;
    }

    /**
     * The clients say that they leave: if one has left without a word while Tomcat still had one of its messages in
     * hand, and the application is undeployed just then, Tomcat itself may keep the connection for ever, with or without
     * the agent (in AbstractProtocol.waitingProcessors, as of 11.0.24).
     */
    private static void race(ContainerProcess process, String message, String... methods) throws Exception {
        int before = process.lines().size();
        Set<String> atFault = Set.of("RedeployedEndpoint." + methods[0], "RedeployedEndpoint." + methods[1]);
        try (Client client = Client.open(process.uri(PATH))) {
            client.send(message).join();
            process.await(message, PATIENCE, before, each -> Reports.names(each, PATH, atFault));
            client.send("stop").join();
            process.await("the end of the writers", PATIENCE, before, "stopped"::equals);
            client.leave((int) PATIENCE.toSeconds());
        }
    }

    /** Waits for threads that have just served an application, and returns how many are left after that. */
    private static int loadersOnceNone(ContainerProcess process) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int left;
        do {
            left = loaders(process);
        } while (left > 0 && System.nanoTime() < deadline);
        return left;
    }

    /** Returns the number of applications in memory, after a collection of its garbage. */
    private static int loaders(ContainerProcess process) throws Exception {
        String histogram = Java.jcmd(process.pid(), "GC.class_histogram");
        Matcher matcher = LOADERS.matcher(histogram);
        assertTrue(matcher.find(), histogram);
        return Integer.parseInt(matcher.group(1)) - OTHERS;
    }
}
