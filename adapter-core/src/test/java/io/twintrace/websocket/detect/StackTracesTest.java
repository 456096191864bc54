package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stacks begin where the application calls the library, whatever the names of the library's classes. */
class StackTracesTest {
    private static final String LIBRARY = "io.twintrace.websocket.";

    private static final StackTraceElement PLATFORM = frame("java.net.Socket", "write");
    private static final StackTraceElement JETTY = frame("org.eclipse.jetty.io.EndPoint", "flush");
    private static final StackTraceElement CALLER = frame("app.Chat", "send");
    private static final StackTraceElement MAIN = frame("app.Main", "main");

    /** The types of others whose methods are guarded, with their packages. */
    private static final Map<String, String> OTHERS = Map.of(
            "RemoteEndpoint", "jakarta.websocket.",
            "Session", "org.eclipse.jetty.websocket.api.",
            "OutputStream", "java.io.",
            "Writer", "java.io.");

    /** Names that the library's classes could have, in any package. */
    static Stream<UnaryOperator<String>> names() {
        return Stream.of(
                name -> LIBRARY + name,
                name -> LIBRARY + "internal.engine." + name,
                name -> LIBRARY + "internal.C" + Integer.toHexString(name.hashCode()),
                name -> LIBRARY + "detect." + name + "$Inner",
                name -> LIBRARY + "OnlyOne");
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyOperationIsFoundByItsPublicMethod(UnaryOperator<String> named) {
        for (Operation operation : Operation.values()) {
            String name = operation.methodName();
            StackTraceElement method = frame(named.apply("Connection"), name.substring(name.indexOf('.') + 1));
            StackTraceElement[] stack = {PLATFORM, JETTY, frame(named.apply("Output"), "flushAll"), method, CALLER, MAIN
            };
            String type = name.contains(".") ? name.substring(0, name.indexOf('.')) : "WebSocketConnection";
            if (OTHERS.containsKey(type)) { // by a guard
                assertStack(StackTraces.inside(operation, stack), shown(OTHERS.get(type), type, method), CALLER, MAIN);
                continue;
            }
            StackTraceElement shown = shown(LIBRARY, type, method);
            assertStack(StackTraces.inside(operation, stack), shown, CALLER, MAIN);
            StackTraceElement[] unknown = StackTraces.inside(null, stack);
            assertStack(unknown, shown, CALLER, MAIN);
            assertEquals(name, StackTraces.operationOf(unknown));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theLibrarysOwnCallsOfThatNameAreNotTheApplications(UnaryOperator<String> named) {
        StackTraceElement method = frame(named.apply("Connection"), "writeMessage");
        assertStack(
                StackTraces.inside(Operation.WRITE_MESSAGE, new StackTraceElement[] {
                    frame(named.apply("Detector"), "enter"),
                    frame(named.apply("Messages"), "writeMessage"),
                    frame("java.util.concurrent.ConcurrentHashMap", "computeIfAbsent"),
                    frame(named.apply("GuardedWriter"), "writeMessage"),
                    method,
                    CALLER
                }),
                shown("WebSocketConnection", "writeMessage"),
                CALLER);
    }

    /** For example, offerJson calls offer. */
    @ParameterizedTest
    @MethodSource("names")
    void theOuterOfTwoNestedPublicMethodsIsTheApplicationsCall(UnaryOperator<String> named) {
        StackTraceElement method = frame(named.apply("Outbox"), "offerJson");
        assertStack(
                StackTraces.inside(Operation.FIRST_OFFER, new StackTraceElement[] {
                    frame(named.apply("Detector"), "enter"), frame(named.apply("Outbox"), "offer"), method, CALLER
                }),
                shown("Outbox", "offerJson"),
                CALLER);
    }

    @ParameterizedTest
    @MethodSource("names")
    void aFirstOfferBeginsWithTheMethodThatMadeIt(UnaryOperator<String> named) {
        for (String offering : List.of("offer", "offerAll", "offerJson", "claim")) {
            assertStack(
                    StackTraces.inside(Operation.FIRST_OFFER, new StackTraceElement[] {
                        frame(named.apply("Detector"), "enter"),
                        frame(named.apply("FirstOffer"), "declare"),
                        frame(named.apply("Outbox"), offering),
                        CALLER
                    }),
                    shown("Outbox", offering),
                    CALLER);
        }
        assertStack(
                StackTraces.inside(Operation.FIRST_OFFER, new StackTraceElement[] {
                    frame(named.apply("Detector"), "enter"),
                    frame(named.apply("Outbox"), "claim"),
                    frame(named.apply("Room"), "join"),
                    frame(named.apply("Room"), "join"),
                    CALLER
                }),
                shown(LIBRARY + "room.", "Room", frame("Room", "join")),
                CALLER);
    }

    /** The reader must fix the call, not the serializer that happened to run. */
    @ParameterizedTest
    @MethodSource("names")
    void aWriteElsewhereInsideTheCallIsLeftOut(UnaryOperator<String> named) {
        StackTraceElement method = frame(named.apply("Connection"), "writeJson");
        StackTraceElement[] stack = {
            PLATFORM,
            frame(named.apply("Connection"), "writeMessage"),
            frame("app.Serializer", "write"),
            frame("com.google.gson.Gson", "toJson"),
            frame(named.apply("GuardedWriter"), "writeJson"),
            method,
            CALLER,
            MAIN
        };
        assertStack(
                StackTraces.inside(Operation.WRITE_JSON, stack),
                shown("WebSocketConnection", "writeJson"),
                CALLER,
                MAIN);
        StackTraceElement[] unknown = StackTraces.inside(null, stack);
        assertEquals("writeMessage", StackTraces.operationOf(unknown), "the innermost");
        assertEquals(7, unknown.length);
    }

    /** The detector may be calling a listener of conflicts that writes to another connection. */
    @ParameterizedTest
    @MethodSource("names")
    void aWriteOfAListenerOfConflictsKeepsItsFrames(UnaryOperator<String> named) {
        StackTraceElement method = frame(named.apply("Connection"), "writeMessage");
        StackTraceElement[] rest = {
            method,
            frame("app.Alarm", "onConcurrentWrite"),
            frame(named.apply("Detector"), "enter"),
            frame(named.apply("Connection"), "writeJson")
        };
        StackTraceElement[] inside = StackTraces.inside(Operation.WRITE_MESSAGE, with(PLATFORM, rest));
        assertEquals(shown("WebSocketConnection", "writeMessage"), inside[0]);
        rest[0] = inside[0];
        assertStack(inside, rest);
    }

    @ParameterizedTest
    @MethodSource("names")
    void theOuterOneOfTwoCallsIsNamedByItsCaller(UnaryOperator<String> named) {
        StackTraceElement method = frame(named.apply("Connection"), "writeJson");
        StackTraceElement serializer = frame("app.Serializer", "write");
        assertEquals(
                Optional.of(CALLER),
                StackTraces.outerCaller("writeJson", List.of(method, serializer, method, method, CALLER, MAIN)));
        assertEquals(
                Optional.empty(), StackTraces.outerCaller("writeJson", List.of(method, method, serializer, CALLER)));
        assertEquals(
                Optional.empty(),
                StackTraces.outerCaller(
                        "writeJson", List.of(method, serializer, frame(named.apply("Connection"), "other"), CALLER)));
    }

    @Test
    void methodsOfOthersAreNoOperations() {
        StackTraceElement[] others = {frame("other.WebSocketConnection", "writeMessage"), CALLER};
        assertStack(StackTraces.inside(Operation.WRITE_MESSAGE, others), others);
        assertEquals("a write", StackTraces.operationOf(others));
        assertEquals(
                "a write", StackTraces.operationOf(new StackTraceElement[] {frame(LIBRARY + "C", "writeControl")}));
        assertEquals("a write", StackTraces.operationOf(StackTraces.NO_STACK));
    }

    @Test
    void sampledFramesLookLikeThoseOfAnException() {
        StackTraceElement[] cut = StackTraces.inside(Operation.WRITE_MESSAGE, new StackTraceElement[] {
            new StackTraceElement("app", null, null, LIBRARY + "Connection", "writeMessage", "W.java", 1),
            new StackTraceElement("app", null, null, "app.Chat$$Lambda$7/0x0000000100c1", "run", null, -1),
            new StackTraceElement("app", null, null, "app.Chat", "send", "Chat.java", 2),
            new StackTraceElement(null, "java.base", "17.0.15", "java.lang.Thread", "run", "Thread.java", 840)
        });
        assertEquals(
                List.of(
                        LIBRARY + "WebSocketConnection.writeMessage(WebSocketConnection.java)",
                        "app.Chat.send(Chat.java:2)",
                        "java.base/java.lang.Thread.run(Thread.java:840)"),
                Arrays.stream(cut).map(StackTraceElement::toString).toList());
    }

    @Test
    void applicationFrameSkipsTheLibraryTheContainerAndThePlatform() {
        for (String other : List.of(
                LIBRARY + "WebSocketConnection",
                "java.util.ArrayList",
                "jdk.internal.misc.Unsafe",
                "jakarta.servlet.http.HttpServlet",
                "org.eclipse.jetty.server.Server",
                "org.apache.catalina.core.StandardWrapper",
                "org.apache.coyote.Processor",
                "org.apache.tomcat.util.net.Nio",
                "io.undertow.server.Connectors",
                "org.xnio.nio.WorkerThread",
                "org.jboss.threads.EnhancedQueueExecutor",
                "org.wildfly.extension.undertow.Host",
                "org.glassfish.grizzly.http.server.HttpHandler",
                "org.springframework.web.filter.OncePerRequestFilter",
                "com.google.gson.Gson")) {
            assertEquals(
                    Optional.of(CALLER),
                    StackTraces.applicationFrame(List.of(frame(other, "call"), CALLER, MAIN)),
                    other);
        }
        assertEquals(Optional.empty(), StackTraces.applicationFrame(List.of(frame("java.lang.Thread", "run"))));
    }

    /** Its file tells which engine it is. */
    @Test
    void theMethodOfAnotherEngineBeginsAStack() {
        StackTraceElement engines = frame("org.apache.tomcat.websocket.WsRemoteEndpointBasic", "sendText");
        StackTraceElement[] stack = {
            PLATFORM, frame(LIBRARY + "guard.SessionGuard", "enter"), engines, frame("app.Wrapper", "sendText"), MAIN
        };
        StackTraceElement shown =
                new StackTraceElement("jakarta.websocket.RemoteEndpoint", "sendText", "Source.java", 1);
        assertStack(StackTraces.inside(Operation.SEND_TEXT, stack), shown, frame("app.Wrapper", "sendText"), MAIN);
    }

    @Test
    void aStackOutsideTheLibraryStaysWhole() {
        StackTraceElement[] stack = {PLATFORM, CALLER};
        assertStack(StackTraces.inside(null, stack), stack);
        assertStack(StackTraces.anywhere(stack), stack);
        assertEquals(0, StackTraces.inside(null, StackTraces.NO_STACK).length);
    }

    private static void assertStack(StackTraceElement[] actual, StackTraceElement... expected) {
        assertArrayEquals(expected, actual);
    }

    private static StackTraceElement[] with(StackTraceElement first, StackTraceElement... rest) {
        return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(StackTraceElement[]::new);
    }

    private static StackTraceElement shown(String type, String method) {
        return shown(LIBRARY, type, frame(type, method));
    }

    /** The public method as reports show it: without a line, which would be one of an internal class. */
    private static StackTraceElement shown(String itsPackage, String type, StackTraceElement method) {
        return new StackTraceElement(itsPackage + type, method.getMethodName(), type + ".java", -1);
    }

    private static StackTraceElement frame(String type, String method) {
        return new StackTraceElement(type, method, "Source.java", 1);
    }
}
