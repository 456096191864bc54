package io.twintrace.sample.cluster;

import io.twintrace.sample.it.ServerProcess;
import io.twintrace.sample.it.Servers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A {@link ClusterNode} in a process of its own. */
final class NodeProcess implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile(Pattern.quote(ClusterNode.READY) + "(\\d+)\\R");

    private final ServerProcess process;
    private final int port;

    private NodeProcess(ServerProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a node, and waits until it serves.
     *
     * @param port 0 for any
     */
    static NodeProcess start(String name, int port, URI redis, int history) throws Exception {
        ServerProcess process = ServerProcess.start(
                Servers.directory(name),
                Map.of(),
                List.of(
                        ServerProcess.java(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClusterNode.class.getName(),
                        Integer.toString(port),
                        redis.toString(),
                        Integer.toString(history)));
        try {
            return new NodeProcess(
                    process, Integer.parseInt(process.awaitOutput(PORT).group(1)));
        } catch (Exception | AssertionError e) {
            process.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Ends it at once, as kill -9 does. */
    void kill() {
        process.close();
    }

    /** Tells it to end, as an operator does, and waits for that. */
    int terminate() throws Exception {
        process.terminate();
        return process.awaitExit();
    }

    String output() throws Exception {
        return process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
