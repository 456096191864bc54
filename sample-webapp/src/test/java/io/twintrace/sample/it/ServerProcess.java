package io.twintrace.sample.it;

import io.twintrace.websocket.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server in its own process, which never outlives this one. Its output goes to its directory. */
public final class ServerProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");

    private final Process process;
    private final Path output;
    private final Thread killer;

    private ServerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
        this.killer = new Thread(process::destroyForcibly, "kill-server-" + process.pid());
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** Starts a command; {@code directory} is its working directory. */
    public static ServerProcess start(Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        Path output = directory.resolve("output.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), output);
    }

    /** The java program that runs this test. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The output so far. */
    public String output() throws IOException {
        return read(output);
    }

    /** Waits for a line, or for the end of the process, which is an error. */
    public Matcher awaitOutput(Pattern pattern) throws Exception {
        String found = Await.until(
                pattern + " in " + output,
                START_PATIENCE,
                this::output,
                text -> pattern.matcher(text).find() || !process.isAlive());
        Matcher matcher = pattern.matcher(found);
        if (!matcher.find()) {
            throw new IOException("the server has ended without " + pattern + ": " + found);
        }
        return matcher;
    }

    /** The exit status, when the process ends by itself. */
    public int awaitExit() throws Exception {
        if (!process.waitFor(START_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("the server still runs");
        }
        return process.exitValue();
    }

    /** Tells the process to end, as an operator does. */
    public void terminate() {
        process.destroy();
    }

    /** Where the process runs, and where its output is. */
    Path directory() {
        return output.getParent();
    }

    /** Writes a line to the standard input of the process. */
    void tell(String line) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
    }

    /** What the JVM of this process answers to a command of jcmd. */
    String jcmd(String... command) throws Exception {
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        all.add(Long.toString(process.pid()));
        all.addAll(List.of(command));
        Process asking = new ProcessBuilder(all).redirectErrorStream(true).start();
        String answer = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (asking.waitFor() != 0) {
            throw new IOException(answer);
        }
        return answer;
    }

    /** How much CPU time it has used. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** How much memory it uses, heap or not; empty if the system does not tell. */
    OptionalLong residentBytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return OptionalLong.empty();
        }
        Matcher kibibytes = RESIDENT.matcher(read(status));
        return kibibytes.find() ? OptionalLong.of(1024 * Long.parseLong(kibibytes.group(1))) : OptionalLong.empty();
    }

    /** The targets of its file descriptors; empty if the system does not tell. */
    List<String> openFiles() throws IOException {
        Path directory = Path.of("/proc", Long.toString(process.pid()), "fd");
        if (!Files.isReadable(directory)) {
            return List.of();
        }
        List<String> open = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(directory)) {
            for (Path each : descriptors) {
                try {
                    open.add(Files.readSymbolicLink(each).toString());
                } catch (NoSuchFileException e) {
                    // Closed meanwhile.
                }
            }
        }
        return open;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        Runtime.getRuntime().removeShutdownHook(killer);
    }

    /** A file that is being written may end in the middle of a character. */
    static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** All log files of a directory, one after another. Not those of requests, which are written later. */
    static String readAll(Path directory) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                all.append(read(file));
            }
        }
        return all.toString();
    }
}
