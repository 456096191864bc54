package io.twintrace.agent.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A container in a process of its own, which ends at {@link #close}. Any number of threads. */
final class ContainerProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final int SECONDS_TO_END = 10;
    private static final Pattern LISTENING = Pattern.compile("listening on (\\d+)");
    private static final String HEAP = "-Xmx512m";

    private final Process process;
    private final Thread reader;
    private final int port;
    private final boolean endsWithItsInput;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock. */
    private final List<String> lines = new ArrayList<>();

    /** Guarded by the lock. */
    private boolean ended;

    private ContainerProcess(Process process, Pattern listening) {
        this.process = process;
        this.endsWithItsInput = listening == LISTENING;
        reader = new Thread(this::read, "output-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        String line = await("the port", START, each -> listening.matcher(each).find());
        Matcher matcher = listening.matcher(line);
        port = matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** Starts it on this JVM's JDK, and waits until it listens. */
    static ContainerProcess start(Container container, List<String> jvmOptions) throws IOException {
        return start(jvmOptions, container.arguments());
    }

    /** Starts a program that tells its port as {@code listening on PORT}, and ends with its standard input. */
    static ContainerProcess start(List<String> jvmOptions, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Java.program()));
        command.addAll(List.of(HEAP, "-Duser.language=en", "-Duser.country=US", "-Dfile.encoding=UTF-8"));
        command.addAll(jvmOptions);
        command.addAll(arguments);
        return start(new ProcessBuilder(command), LISTENING);
    }

    /**
     * Starts any server.
     *
     * @param command to start it with
     * @param listening finds its port in the line that tells it
     */
    static ContainerProcess start(ProcessBuilder command, Pattern listening) throws IOException {
        Process process = command.redirectErrorStream(true).start();
        try {
            return new ContainerProcess(process, listening);
        } catch (AssertionError e) {
            end(process);
            throw e;
        }
    }

    long pid() {
        return process.pid();
    }

    /** Writes a line to the standard input of the process. */
    void tell(String line) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
    }

    URI uri(String path) {
        return URI.create("ws://127.0.0.1:" + port + path);
    }

    /** Returns standard output and standard error so far. */
    String log() {
        return String.join("\n", lines());
    }

    /** Returns the lines of standard output and standard error so far. */
    List<String> lines() {
        lock.lock();
        try {
            return List.copyOf(lines);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a line of the log, and returns it.
     *
     * @throws AssertionError if it does not come in time, or the process ends before
     */
    String await(String what, Duration patience, Predicate<String> isIt) {
        return await(what, patience, 0, isIt);
    }

    /** As {@link #await(String, Duration, Predicate)}, but among the lines after the first so many. */
    String await(String what, Duration patience, int after, Predicate<String> isIt) {
        long deadline = System.nanoTime() + patience.toNanos();
        int seen = after;
        lock.lock();
        try {
            while (true) {
                for (; seen < lines.size(); seen++) {
                    if (isIt.test(lines.get(seen))) {
                        return lines.get(seen);
                    }
                }
                if (ended || changed.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    throw new AssertionError(what + " is not in the log:\n" + String.join("\n", lines));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line; (line = output.readLine()) != null; ) {
                add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            end();
        }
    }

    private void add(String line) {
        lock.lock();
        try {
            lines.add(line);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** With the processes that it has started, such as that of {@code start.jar --exec}. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).close();
        if (!endsWithItsInput) { // and not by force, since a log may not be in its file yet
            process.descendants().forEach(ProcessHandle::destroy);
            process.toHandle().destroy(); // process.destroy() would close its output, which is still read
        }
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                end(process);
            }
            reader.join();
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
        }
    }
}
