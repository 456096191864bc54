package io.twintrace.agent;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnginesTest {
    private static final String BASIC = "jakarta.websocket.RemoteEndpoint$Basic";

    private static boolean isWoven(String superclass, String type, String... fields) {
        return Engines.isWoven(new ClassFile(superclass, List.of("java.io.Closeable", type), List.of(fields)));
    }

    @Test
    void enginesAreKnownByTheirInterfaces() {
        assertTrue(isWoven("org.apache.tomcat.websocket.WsRemoteEndpointBase", BASIC));
        assertTrue(isWoven("java.lang.Object", "jakarta.websocket.Session", "java.lang.String"));
        assertTrue(isWoven("java.lang.Object", "javax.websocket.RemoteEndpoint$Basic"));
        assertFalse(isWoven("java.lang.Object", "jakarta.websocket.RemoteEndpoint$Async"));
    }

    /** They may lock before they pass a call on, and then no two threads are inside the engine. */
    @Test
    void whatPassesCallsOnIsLeftAlone() {
        assertFalse(isWoven("java.lang.Object", BASIC, "java.util.Queue", BASIC));
        assertFalse(isWoven("java.lang.Object", BASIC, "jakarta.websocket.RemoteEndpoint"));
        assertFalse(isWoven("java.lang.Object", "jakarta.websocket.Session", "jakarta.websocket.Session"));
        assertFalse(isWoven("java.lang.reflect.Proxy", "jakarta.websocket.Session"));
    }
}
