package io.twintrace.websocket.benchmarks.endtoend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, which ends at {@link #close}. */
final class RunningServer implements AutoCloseable {
    private static final Pattern MEMORY = Pattern.compile("memory heap=(\\d+) outside=(\\d+)");
    private static final Pattern RSS = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
    private static final int SECONDS_TO_END = 10;

    private final Process process;
    private final BufferedReader output;
    private final int port;

    RunningServer(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        if (line == null || !line.startsWith("port ")) {
            process.destroyForcibly();
            throw new IOException("the server did not start: " + line);
        }
        port = Integer.parseInt(line.substring("port ".length()));
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /**
     * The memory that the server holds.
     *
     * @param heap bytes of objects
     * @param outside bytes of direct buffers, metaspace and compiled code
     * @param rss bytes that the system counts; 0 if there is no /proc
     */
    record Memory(long heap, long outside, long rss) {}

    /** Returns the memory use after a garbage collection. */
    Memory memory() throws IOException {
        Writer input = process.outputWriter(StandardCharsets.UTF_8);
        input.write("memory\n");
        input.flush();
        String line = output.readLine();
        Matcher matcher = MEMORY.matcher(String.valueOf(line));
        if (!matcher.matches()) {
            throw new IOException("expected the memory use, but the server says: " + line);
        }
        return new Memory(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), rss());
    }

    private long rss() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        Matcher matcher = RSS.matcher(Files.readString(status));
        return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
    }

    @Override
    public void close() throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).close();
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
