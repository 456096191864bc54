package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StackTracesTest {
    private static final String ENGINE = "io.twintrace.websocket.";

    @Test
    void operationIsTheGuardedMethodOfTheEngine() {
        for (Operation operation : Operation.values()) {
            String name = operation.methodName();
            int dot = name.indexOf('.');
            StackTraceElement method = dot < 0
                    ? frame(ENGINE + "WebSocketConnection", name)
                    : frame(ENGINE + name.substring(0, dot), name.substring(dot + 1));
            assertEquals(name, operationIn(frame("java.net.Socket", "write"), method, frame("app.Chat", "send")));
        }
    }

    @Test
    void innermostOperationCounts() {
        assertEquals(
                "writeMessage",
                operationIn(
                        frame(ENGINE + "WebSocketConnection", "writeMessage"),
                        frame("app.Serializer", "write"),
                        frame(ENGINE + "WebSocketConnection", "writeJson")));
    }

    @Test
    void methodsOfOthersAreNoOperations() {
        assertEquals(
                "a write",
                operationIn(
                        frame("other.WebSocketConnection", "writeMessage"),
                        frame(ENGINE + "WebSocketConnection", "writeControl"),
                        frame(ENGINE + "Broadcast", "writeMessage"),
                        frame(ENGINE + "MessageWriter", "writeMessage"),
                        frame(ENGINE + "MessageReader", "close")));
        assertEquals("a write", operationIn());
    }

    @Test
    void sampledFramesLookLikeThoseOfAnException() {
        StackTraceElement[] cut = StackTraces.withoutDetector(new StackTraceElement[] {
            new StackTraceElement("app", null, null, ENGINE + "WebSocketConnection", "writeMessage", "W.java", 1),
            new StackTraceElement("app", null, null, "app.Chat$$Lambda$7/0x0000000100c1", "run", null, -1),
            new StackTraceElement("app", null, null, "app.Chat", "send", "Chat.java", 2),
            new StackTraceElement(null, "java.base", "17.0.15", "java.lang.Thread", "run", "Thread.java", 840)
        });
        assertEquals(
                List.of(
                        ENGINE + "WebSocketConnection.writeMessage(W.java:1)",
                        "app.Chat.send(Chat.java:2)",
                        "java.base/java.lang.Thread.run(Thread.java:840)"),
                Arrays.stream(cut).map(StackTraceElement::toString).toList());
    }

    @Test
    void theApplicationsFrameIsTheInnermostThatIsNeitherOursNorTheContainersNorThePlatforms() {
        StackTraceElement application = frame("app.Chat", "send");
        for (String other : List.of(
                ENGINE + "WebSocketConnection",
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
                    Optional.of(application),
                    StackTraces.applicationFrame(List.of(frame(other, "call"), application, frame("app.Main", "main"))),
                    other);
        }
        assertEquals(Optional.empty(), StackTraces.applicationFrame(List.of(frame("java.lang.Thread", "run"))));
    }

    /** What is to be changed is the call, not the serializer that happened to be running. */
    @Test
    void insideAWriteMethodTheApplicationsFrameIsItsCaller() {
        StackTraceElement caller = frame("app.Chat", "send");
        assertEquals(
                Optional.of(caller),
                StackTraces.applicationFrame(List.of(
                        frame("app.Serializer", "write"),
                        frame("com.google.gson.Gson", "toJson"),
                        frame(ENGINE + "WriteHalf", "writeJson"),
                        frame(ENGINE + "WebSocketConnection", "writeJson"),
                        caller,
                        frame("app.Main", "main"))));
    }

    @Test
    void detectorsOwnFramesAreCutOffTheTop() {
        Throwable here = new Throwable();
        StackTraceElement write = frame(ENGINE + "WebSocketConnection", "writeMessage");
        StackTraceElement application = frame("app.Chat", "send");
        here.setStackTrace(new StackTraceElement[] {
            frame(Conflict.class.getName(), "writer"), frame(WriteDetector.class.getName(), "enter"), write, application
        });
        StackTraceElement[] cut = StackTraces.ofCaller(here);
        assertEquals(2, cut.length);
        assertEquals(write, cut[0]);
        assertEquals(application, cut[1]);
    }

    @Test
    void framesInsideTheDetectorAreCutOffASampledStackToo() {
        StackTraceElement write = frame(ENGINE + "WebSocketConnection", "writeMessage");
        StackTraceElement[] cut = StackTraces.withoutDetector(new StackTraceElement[] {
            frame("java.lang.Thread", "getStackTrace"),
            frame(Conflict.class.getName(), "sampleFirst"),
            frame(WriteDetector.class.getName(), "enter"),
            write
        });
        assertEquals(1, cut.length);
        assertEquals(write, cut[0]);
    }

    @Test
    void stackOutsideTheDetectorStaysWhole() {
        StackTraceElement[] stack = {frame("java.net.Socket", "write"), frame("app.Chat", "send")};
        assertEquals(2, StackTraces.withoutDetector(stack).length);
    }

    @Test
    void writeOfAListenerToAnotherConnectionKeepsItsFrames() {
        StackTraceElement[] stack = {
            frame("java.net.Socket", "write"),
            frame(ENGINE + "WebSocketConnection", "writeMessage"),
            frame("app.Alarm", "onConcurrentWrite"),
            frame(WriteDetector.class.getName(), "enter"),
            frame(ENGINE + "WebSocketConnection", "writeJson")
        };
        assertArrayEquals(stack, StackTraces.withoutDetector(stack));
    }

    @Test
    void stackWithoutFramesStaysEmpty() {
        Throwable none = new Throwable();
        none.setStackTrace(new StackTraceElement[0]);
        assertEquals(0, StackTraces.ofCaller(none).length);
    }

    private static String operationIn(StackTraceElement... stack) {
        return StackTraces.operationIn(stack);
    }

    private static StackTraceElement frame(String type, String method) {
        return new StackTraceElement(type, method, "Source.java", 1);
    }
}
