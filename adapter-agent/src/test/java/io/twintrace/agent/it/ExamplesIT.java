package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.gallery.server.StockTomcatMain;
import io.twintrace.gallery.server.UndertowExampleMain;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that containers bring along, under load. They do it right, all but one. */
class ExamplesIT {
    private static final String WEB_SOCKETS = "/examples/websocket/";
    private static final String SNAKE = WEB_SOCKETS + "snake";
    private static final String SNAKES_SENDER = "websocket.snake.Snake.sendMessage(";
    private static final Pattern REFUSED =
            Pattern.compile("IllegalStateException.*The remote endpoint was in state \\[TEXT_FULL_WRITING]");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    /** The snake's timer and the container's threads write to the same sessions. The others queue, or use one thread. */
    @ParameterizedTest
    @ValueSource(strings = {"async=false", "async=true"})
    void ofTomcatsExamplesOnlyTheSnakeIsReported(String options) throws Exception {
        try (ContainerProcess process = ContainerProcess.start(AgentJar.options(options), tomcat())) {
            together(
                    () -> Examples.chat(process.uri(WEB_SOCKETS + "chat")),
                    () -> Examples.drawboard(process.uri(WEB_SOCKETS + "drawboard")),
                    () -> Examples.snake(process.uri(SNAKE)),
                    () -> Examples.echo(process.uri(WEB_SOCKETS + "echoAnnotation")),
                    () -> Examples.echo(process.uri(WEB_SOCKETS + "echoProgrammatic")),
                    () -> Examples.echo(process.uri(WEB_SOCKETS + "echoStreamAnnotation")));
            List<String> reports = Reports.of(process);
            assertTrue(reports.stream().anyMatch(each -> each.contains(SNAKES_SENDER)), process::log);
            assertTrue(reports.stream().allMatch(each -> each.contains(SNAKES_SENDER)), process::log);
        }
    }

    /** Why that is no false alarm. The example catches this exception, and the message is lost. */
    @Test
    void withoutTheAgentTomcatRefusesWritesOfTheSnake() throws Exception {
        Path exceptions = folder.resolve("exceptions.log");
        List<String> options = List.of("-Xlog:exceptions=info:file=" + exceptions);
        try (ContainerProcess process = ContainerProcess.start(options, tomcat())) {
            Examples.snake(process.uri(SNAKE));
        }
        try (Stream<String> lines = Files.lines(exceptions)) {
            assertTrue(lines.anyMatch(REFUSED.asPredicate()), "Tomcat has refused nothing");
        }
    }

    /** It calls the asynchronous remote with any number of threads, which Undertow queues. So not with async=true. */
    @Test
    void undertowsChatIsSilent() throws Exception {
        List<String> arguments = Container.UNDERTOW.arguments(UndertowExampleMain.class);
        List<String> options = new ArrayList<>(AgentJar.options());
        options.add("-Dundertow.examples=" + System.getProperty("undertow.examples"));
        try (ContainerProcess process = ContainerProcess.start(options, arguments)) {
            Examples.chat(process.uri("/myapp"));
            assertEquals(List.of(), Reports.of(process), process::log);
        }
    }

    private List<String> tomcat() {
        Path home = Path.of(System.getProperty("tomcat.home"));
        String classPath = Stream.of(
                        Path.of("target", "test-classes"),
                        home.resolve("bin/bootstrap.jar"),
                        home.resolve("bin/tomcat-juli.jar"))
                .map(each -> each.toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        return List.of(
                "-Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager",
                "-Djava.util.logging.config.file=" + home.resolve("conf/logging.properties"),
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + folder,
                "-Dcatalina.home=" + home,
                "-cp",
                classPath,
                StockTomcatMain.class.getName());
    }

    /** Runs them at once. */
    private static void together(Example... examples) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Void>> futures = new ArrayList<>();
            for (Example each : examples) {
                futures.add(threads.submit((Callable<Void>) () -> {
                    each.drive();
                    return null;
                }));
            }
            for (Future<Void> each : futures) {
                each.get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private interface Example {
        void drive() throws Exception;
    }
}
