package io.twintrace.websocket.benchmarks.endtoend;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Builds command lines for processes on one JDK, each with its own class path. */
final class Jvm {
    private static final Pattern RELEASE = Pattern.compile("JAVA_VERSION=\"((\\d+)[^\"]*)\"");
    private static final Pattern HDR_HISTOGRAM = Pattern.compile("org\\.hdrhistogram\\..*");

    private static final Pattern COLLECTOR =
            Pattern.compile("bool Use((?:Serial|Parallel|G1|Z|Shenandoah)GC)\\s+:?=\\s*true");

    private final Path java;

    /** The virtual machine's options, the same for all servers. */
    private final List<String> serverOptions;

    private final String release;
    private final int version;

    /** The benchmarks' own classes. */
    private final Path classes;

    /** The jars that the build has copied. Their names begin with the group. */
    private final List<Path> libraries;

    Jvm(Path javaHome, List<String> serverOptions) throws IOException {
        this(javaHome, serverOptions, ownClasses());
    }

    /** @param classes the benchmarks' own classes, of this build or of another one */
    Jvm(Path javaHome, List<String> serverOptions, Path classes) throws IOException {
        this.serverOptions = List.copyOf(serverOptions);
        java = javaHome.resolve("bin").resolve("java");
        Matcher matcher = RELEASE.matcher(Files.readString(javaHome.resolve("release")));
        if (!matcher.find()) {
            throw new IOException("no JAVA_VERSION in " + javaHome.resolve("release"));
        }
        release = matcher.group(1);
        version = Integer.parseInt(matcher.group(2));
        this.classes = classes;
        Path directory = classes.resolveSibling("end-to-end");
        if (!Files.isDirectory(directory)) {
            throw new IOException("no " + directory + ": build it with mvn package");
        }
        try (Stream<Path> files = Files.list(directory)) {
            libraries = files.sorted().toList();
        }
    }

    private static Path ownClasses() throws IOException {
        try {
            return Path.of(Jvm.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    String release() {
        return release;
    }

    /** Returns the servers' virtual machine options, and the garbage collector that they select on this machine. */
    String serverSetting() throws IOException {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(serverOptions);
        command.addAll(List.of("-XX:+PrintFlagsFinal", "-version"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (InputStream output = process.getInputStream()) {
            Matcher matcher = COLLECTOR.matcher(new String(output.readAllBytes(), StandardCharsets.US_ASCII));
            String collector = matcher.find() ? matcher.group(1) : "an unknown collector";
            return String.join(" ", serverOptions) + " (" + collector + ")";
        }
    }

    List<String> server(ServerKind kind, int messageLimit) throws IOException {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(serverOptions);
        command.add("-Dorg.eclipse.jetty.LEVEL=WARN");
        command.addAll(kind.jvmOptions(version));
        command.addAll(List.of("-cp", classPath(kind.libraries()), kind.mainClass(), Integer.toString(messageLimit)));
        command.addAll(kind.arguments());
        return command;
    }

    /** Returns the command of the load generator, without its options. */
    List<String> load() throws IOException {
        String mainClass = "io.twintrace.websocket.benchmarks.endtoend.load.LoadMain";
        return List.of(java.toString(), "-Xmx1g", "-cp", classPath(HDR_HISTOGRAM), mainClass);
    }

    /** Returns the server's version, from the name of its library. */
    String version(ServerKind kind) throws IOException {
        String start = kind.principal() + "-";
        List<String> found = libraries.stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.matches(Pattern.quote(start) + "\\d.*"))
                .toList();
        if (found.size() != 1) {
            throw new IOException(
                    "expected one " + kind.principal() + ", but found: " + found + "; rebuild with mvn clean package");
        }
        return found.get(0).substring(start.length()).replaceAll("(\\.Final)?\\.jar$", "");
    }

    private String classPath(Pattern names) throws IOException {
        String found = libraries.stream()
                .filter(path -> names.matcher(path.getFileName().toString()).matches())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        if (found.isEmpty()) {
            throw new IOException("no " + names + " beside " + classes + ": build it with mvn package");
        }
        return classes + File.pathSeparator + found;
    }
}
