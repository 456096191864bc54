package io.twintrace.websocket.benchmarks.endtoend;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The servers to compare. */
enum ServerKind {
    PUSH(
            "Twintrace push",
            "TwintraceServer",
            "PUSH",
            Twintrace.LIBRARIES,
            Twintrace.PRINCIPAL,
            "non-blocking listener, called on Jetty's selecting threads, messages passed on as they came; embedded in"
                    + " Jetty; detector at its default level"),
    BLOCKING(
            "Twintrace blocking",
            "TwintraceServer",
            "BLOCKING",
            Twintrace.LIBRARIES,
            Twintrace.PRINCIPAL,
            "blocking handler, on virtual threads where the JDK has them; embedded in Jetty; detector at its default level"),
    TOMCAT_PUSH(
            "Twintrace push on Tomcat",
            "TwintraceOnTomcat",
            "PUSH",
            Twintrace.LIBRARIES_ON_TOMCAT,
            Twintrace.CORE,
            "non-blocking listener, NIO connector, default thread pool; detector at its default level"),
    TOMCAT_BLOCKING(
            "Twintrace blocking on Tomcat",
            "TwintraceOnTomcat",
            "BLOCKING",
            Twintrace.LIBRARIES_ON_TOMCAT,
            Twintrace.CORE,
            "blocking handler, on virtual threads where the JDK has them; NIO connector; detector at its default level"),
    JETTY(
            "Jetty",
            "JettyNativeServer",
            "",
            "org\\.slf4j\\..*|org\\.eclipse\\.jetty\\.(jetty-|websocket\\.).*",
            "org.eclipse.jetty.websocket.jetty-websocket-jetty-server",
            "its own API, asynchronous sending, default thread pool, buffers of 16 KiB, frames as large as messages"),
    JETTY_JAKARTA(
            "Jetty Jakarta",
            "JettyJakartaServer",
            "",
            "org\\.slf4j\\..*|jakarta\\..*|org\\.ow2\\..*|org\\.eclipse\\.jetty\\.(?!ee10).*",
            "org.eclipse.jetty.ee11.websocket.jetty-ee11-websocket-jakarta-server",
            "annotated endpoint, basic remote, default thread pool; EE 11"),
    TOMCAT(
            "Tomcat",
            "TomcatServer",
            "",
            "org\\.apache\\.tomcat\\..*",
            "org.apache.tomcat.embed.tomcat-embed-websocket",
            "annotated endpoint, basic remote, NIO connector, default thread pool; compresses at zlib's default level, the"
                    + " only one it has"),
    UNDERTOW(
            "Undertow",
            "UndertowServer",
            "",
            "(io\\.undertow|org\\.jboss|org\\.wildfly|io\\.smallrye)\\..*",
            "io.undertow.undertow-core",
            "its own API, asynchronous sending on its default I/O threads, direct buffers") {
        @Override
        List<String> jvmOptions(int javaVersion) {
            return javaVersion < UNSAFE_WARNS ? List.of() : List.of("--sun-misc-unsafe-memory-access=allow");
        }
    },
    NETTY(
            "Netty",
            "NettyServer",
            "",
            "io\\.netty\\..*",
            "io.netty.netty-codec-http",
            "native epoll, an event loop for each processor, frames passed on as they came, one flush for each read; Unsafe"
                    + " allowed") {
        /** Without these options Netty does not use Unsafe on newer JDKs, and is slower. */
        @Override
        List<String> jvmOptions(int javaVersion) {
            return javaVersion < UNSAFE_WARNS
                    ? List.of()
                    : List.of(
                            "--sun-misc-unsafe-memory-access=allow",
                            "-Dio.netty.noUnsafe=false",
                            "--enable-native-access=ALL-UNNAMED");
        }
    };

    /** Constants of the kinds that are Twintrace. They need a class of their own, since enum constants cannot refer to later fields. */
    private static final class Twintrace {
        static final String LIBRARIES =
                "io\\.twintrace\\..*|jakarta\\.servlet\\..*|org\\.slf4j\\..*|org\\.eclipse\\.jetty\\.(jetty-|ee10\\.).*";
        static final String LIBRARIES_ON_TOMCAT =
                "io\\.twintrace\\.adapter-core.*|org\\.apache\\.tomcat\\.(embed\\.tomcat-embed-core|tomcat-annotations).*";
        static final String PRINCIPAL = "io.twintrace.adapter-jetty";
        static final String CORE = "io.twintrace.adapter-core";
    }

    /** The first JDK that warns about Unsafe. */
    private static final int UNSAFE_WARNS = 24;

    private final String title;
    private final String mainClass;
    private final String argument;
    private final Pattern libraries;
    private final String principal;
    private final String note;

    ServerKind(String title, String mainClass, String argument, String libraries, String principal, String note) {
        this.title = title;
        this.mainClass = mainClass;
        this.argument = argument;
        this.libraries = Pattern.compile(libraries);
        this.principal = principal;
        this.note = note;
    }

    /** Returns the name used on the command line. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String title() {
        return title;
    }

    String mainClass() {
        return "io.twintrace.websocket.benchmarks.endtoend.server." + mainClass;
    }

    /** Returns whether this is a server that Twintrace is compared with, and not a face of Twintrace. */
    boolean isPeer() {
        return !mainClass.startsWith("Twintrace");
    }

    /** Returns the arguments that follow the message limit. */
    List<String> arguments() {
        return argument.isEmpty() ? List.of() : List.of(argument);
    }

    /** Returns a pattern for the names of its libraries, which begin with the group. */
    Pattern libraries() {
        return libraries;
    }

    /** Returns the group and artifact whose version is the server's. */
    String principal() {
        return principal;
    }

    /** Returns a description of its settings. */
    String note() {
        return note;
    }

    List<String> jvmOptions(int javaVersion) {
        return List.of();
    }
}
