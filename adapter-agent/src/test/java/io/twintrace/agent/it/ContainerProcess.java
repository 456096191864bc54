package io.twintrace.agent.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** A container in a process of its own, which ends at {@link #close}. Any number of threads. */
final class ContainerProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final int SECONDS_TO_END = 10;
    private static final String LISTENING = "listening on ";
    private static final String HEAP = "-Xmx512m";

    private final Process process;
    private final Thread reader;
    private final int port;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock. */
    private final List<String> lines = new ArrayList<>();

    /** Guarded by the lock. */
    private boolean ended;

    private ContainerProcess(Process process) {
        this.process = process;
        reader = new Thread(this::read, "output-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        String line = await("the port", START, each -> each.startsWith(LISTENING));
        port = Integer.parseInt(line.substring(LISTENING.length()));
    }

    /** Starts it on this JVM's JDK, and waits until it listens. */
    static ContainerProcess start(Container container, List<String> jvmOptions) throws IOException {
        return start(jvmOptions, container.arguments());
    }

    /** Starts a program that tells its port as {@code listening on PORT}, and ends with its standard input. */
    static ContainerProcess start(List<String> jvmOptions, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(HEAP, "-Duser.language=en", "-Duser.country=US", "-Dfile.encoding=UTF-8"));
        command.addAll(jvmOptions);
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            return new ContainerProcess(process);
        } catch (AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
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
        long deadline = System.nanoTime() + patience.toNanos();
        int seen = 0;
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

    @Override
    public void close() throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).close();
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            reader.join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
