package io.twintrace.sample.it;

import java.net.URI;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that runs the sample application. */
public final class SampleServer implements AutoCloseable {
    private final String name;
    private final ServerProcess process;
    private final int port;
    private final String contextPath;
    private final Callable<String> log;
    private final UnaryOperator<String> paths;

    private SampleServer(
            String name,
            ServerProcess process,
            int port,
            String contextPath,
            Callable<String> log,
            UnaryOperator<String> paths) {
        this.paths = paths;
        this.name = name;
        this.process = process;
        this.port = port;
        this.contextPath = contextPath;
        this.log = log;
    }

    /** Waits until the server prints its port. If it does not, ends the process. */
    static SampleServer await(
            String name, ServerProcess process, Pattern portPattern, String contextPath, Callable<String> log)
            throws Exception {
        try {
            Matcher started = process.awaitOutput(portPattern);
            return new SampleServer(
                    name, process, Integer.parseInt(started.group(1)), contextPath, log, UnaryOperator.identity());
        } catch (Exception | AssertionError e) {
            process.close();
            throw e;
        }
    }

    /** The same server, but with the services that listeners provide, where these exist. */
    public SampleServer push() {
        return new SampleServer(
                name + "-push",
                process,
                port,
                contextPath,
                log,
                path -> path.replaceFirst("^/(echo|broadcast)", "/$1/push"));
    }

    /** The same server, but another application. */
    SampleServer at(String otherPath) {
        return new SampleServer(name, process, port, otherPath, log, paths);
    }

    /** The kind of this server. */
    String name() {
        return name;
    }

    ServerProcess process() {
        return process;
    }

    public int port() {
        return port;
    }

    /** The log, with the output of {@code ServletContext.log} among others. */
    String log() throws Exception {
        return log.call();
    }

    /** The path of a servlet or file of the sample, which begins with a slash. */
    public String path(String path) {
        return contextPath + paths.apply(path);
    }

    URI http(String path) {
        return URI.create("http://localhost:" + port + path(path));
    }

    URI ws(String path) {
        return URI.create("ws://localhost:" + port + path(path));
    }

    @Override
    public void close() {
        process.close();
    }
}
