package io.twintrace.agent.it;

import io.twintrace.gallery.Gallery;
import io.twintrace.gallery.server.JavaxMain;
import io.twintrace.gallery.server.JettyMain;
import io.twintrace.gallery.server.JettyNativeMain;
import io.twintrace.gallery.server.SpringMain;
import io.twintrace.gallery.server.TomcatMain;
import io.twintrace.gallery.server.TyrusMain;
import io.twintrace.gallery.server.UndertowMain;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The containers, each with a program that serves the gallery on it. */
enum Container {
    TOMCAT_11(TomcatMain.class, Jars.TOMCAT, ""),
    TOMCAT_10(TomcatMain.class, "", "tomcat-10"),
    /** By {@code javax.websocket}. */
    TOMCAT_9(JavaxMain.class, "", "tomcat-9"),
    JETTY(JettyMain.class, Jars.JETTY_EE10, "ee-10"),
    JETTY_NATIVE(JettyNativeMain.class, "org\\.slf4j\\..*|org\\.eclipse\\.jetty\\.(?!ee1).*", ""),
    UNDERTOW(UndertowMain.class, "(io\\.undertow|org\\.jboss|org\\.wildfly|io\\.smallrye|jakarta)\\..*", ""),
    TYRUS(TyrusMain.class, "org\\.glassfish\\..*|jakarta\\..*", ""),
    SPRING_ON_TOMCAT(SpringMain.class, Jars.SPRING + "|" + Jars.TOMCAT, ""),

    /** Spring Boot 3 with Spring 6. */
    SPRING_BOOT_3(SpringMain.class, "", "spring-boot-3,tomcat-10"),

    /** With Jetty's own API, which Spring chooses there. It queues whole messages of any number of threads. */
    SPRING_ON_JETTY(SpringMain.class, Jars.SPRING + "|" + Jars.JETTY_EE11, ""),

    /** With Jakarta's API. */
    SPRING_ON_JETTY_STANDARD(SpringMain.class, Jars.SPRING + "|" + Jars.JETTY_EE11, "", "-Dspring.upgrade=standard");

    /** Patterns for the names of jars, which begin with the group. */
    private static final class Jars {
        static final String TOMCAT = "org\\.apache\\.tomcat\\..*|org\\.apache\\.tomcat\\.embed\\..*";
        static final String JETTY_EE10 =
                "org\\.slf4j\\..*|org\\.ow2\\..*|jakarta\\.annotation.*|org\\.eclipse\\.jetty\\.(?!ee11).*";
        static final String JETTY_EE11 = "org\\.ow2\\..*|jakarta\\..*|org\\.eclipse\\.jetty\\.(?!ee10).*";
        static final String SPRING =
                "(org\\.springframework|org\\.slf4j|ch\\.qos\\.logback|commons-logging|io\\.micrometer"
                        + "|org\\.yaml|tools\\.jackson|com\\.fasterxml\\.jackson|org\\.jspecify|org\\.apache\\.logging"
                        + "|jakarta\\.annotation).*";
    }

    private final Class<?> program;
    private final Pattern jars;
    private final String folders;
    private final String option;

    Container(Class<?> program, String jars, String folders) {
        this(program, jars, folders, "-showversion");
    }

    /**
     * @param jars a pattern for those jars of target/containers/all that the container needs
     * @param folders folders of target/containers with more jars, with commas between them, or an empty string
     * @param option an option of the program's JVM
     */
    Container(Class<?> program, String jars, String folders, String option) {
        this.program = program;
        this.jars = Pattern.compile(jars);
        this.folders = folders;
        this.option = option;
    }

    /** Returns its mistakes. */
    Gallery<?> gallery() {
        if (program == SpringMain.class) {
            return io.twintrace.gallery.spring.Mistakes.gallery();
        }
        return program == JettyNativeMain.class
                ? io.twintrace.gallery.jetty.Mistakes.gallery()
                : io.twintrace.gallery.jakarta.Mistakes.gallery();
    }

    /** Returns whether the container itself lets any number of threads send whole messages at once. */
    boolean queuesWholeMessages() {
        return this == SPRING_ON_JETTY;
    }

    /** Returns the options, the class path and the name of the main class. */
    List<String> arguments() throws IOException {
        return arguments(program);
    }

    /** Returns the same for another main class. */
    List<String> arguments(Class<?> main) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(option));
        arguments.addAll(classPath());
        arguments.add(main.getName());
        return arguments;
    }

    /** Returns the option for the class path of this container. */
    List<String> classPath() throws IOException {
        Path target = Path.of("target").toAbsolutePath();
        List<Path> classPath = new ArrayList<>(List.of(target.resolve("test-classes")));
        for (String folder : folders.isEmpty() ? new String[0] : folders.split(",")) {
            classPath.addAll(jars(target.resolve("containers").resolve(folder), Pattern.compile(".*")));
        }
        classPath.addAll(jars(target.resolve("containers").resolve("all"), jars));
        String joined = classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return List.of("-cp", joined);
    }

    private static List<Path> jars(Path folder, Pattern names) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("no " + folder + ": build it with mvn verify");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> names.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }
}
