package io.twintrace.sample.it;

import io.undertow.Undertow;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program that serves an unpacked WAR by an embedded Undertow, and stops in good order when told to end. */
final class UndertowMain {
    private static final Pattern PORT = Pattern.compile("Undertow listens on port (\\d+)");

    /** The groups that Undertow consists of. */
    private static final List<String> GROUPS =
            List.of("/io/undertow/", "/org/jboss/", "/org/wildfly/", "/io/smallrye/", "/jakarta/");

    /** A line of standard input, and of the output that answers it. */
    static final String REDEPLOY = "redeploy";

    static final String REDEPLOYED = "Redeployed";

    private UndertowMain() {}

    /** Starts the program in a process of its own. */
    static SampleServer start(String name, Path war) throws Exception {
        Path directory = Servers.directory(name);
        Path unpacked = directory.resolve("war");
        try (FileSystem files = FileSystems.newFileSystem(war)) {
            Servers.copy(files.getPath("/"), unpacked);
        }
        List<String> command = List.of(
                ServerProcess.java(),
                Servers.HEAP,
                "-cp",
                classPath(directory.resolve("program")),
                UndertowMain.class.getName(),
                unpacked.toString());
        ServerProcess process = ServerProcess.start(directory, Map.of(), command);
        return SampleServer.await(name, process, PORT, "", process::output);
    }

    /** Undertow and this program alone: the rest of the tests must come from the WAR, as the sample does. */
    private static String classPath(Path directory) throws IOException {
        for (Class<?> each : List.of(UndertowMain.class, UndertowWar.class)) {
            Wars.copyClass(each, directory);
        }
        return Stream.concat(
                        Stream.of(directory.toString()),
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                                .filter(UndertowMain::isOfUndertow))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isOfUndertow(String entry) {
        return GROUPS.stream().anyMatch(entry.replace(File.separatorChar, '/')::contains);
    }

    /**
     * Runs until the process is told to end.
     *
     * @param args the unpacked WAR
     */
    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]);
        AtomicReference<UndertowWar> war = new AtomicReference<>(UndertowWar.deploy(root));
        Undertow server = Undertow.builder()
                .addHttpListener(0, "localhost", exchange -> war.get().handler().handleRequest(exchange))
                .build();
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(war.get(), server), "stop"));
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        System.out.println("Undertow listens on port " + address.getPort());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (REDEPLOY.equals(in.readLine())) {
            war.get().undeploy();
            war.set(UndertowWar.deploy(root));
            System.out.println(REDEPLOYED);
        }
    }

    /** The servlets first: they close their connections with 1001, for which the sockets have to be there. */
    private static void stop(UndertowWar war, Undertow server) {
        try {
            war.undeploy();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            server.stop();
        }
    }
}
