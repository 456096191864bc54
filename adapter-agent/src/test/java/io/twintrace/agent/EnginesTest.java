package io.twintrace.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.agent.Engines.Role;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnginesTest {
    private static final String BASIC = "jakarta.websocket.RemoteEndpoint$Basic";
    private static final String ASYNC = "jakarta.websocket.RemoteEndpoint$Async";
    private static final String SESSION = "jakarta.websocket.Session";
    private static final String JETTY = "org.eclipse.jetty.websocket.api.Session";

    private static Set<Role> roles(String superclass, String type, String... fields) {
        ClassFile file = new ClassFile(superclass, List.of("java.io.Closeable", type), List.of(fields), false);
        return Engines.find(EnumSet.allOf(Role.class), "engine.Any", file);
    }

    @Test
    void enginesAreKnownByTheirInterfaces() {
        assertEquals(Set.of(Role.BASIC), roles("org.apache.tomcat.websocket.WsRemoteEndpointBase", BASIC));
        assertEquals(Set.of(Role.SESSION), roles("java.lang.Object", SESSION, "java.lang.String"));
        assertEquals(Set.of(Role.BASIC), roles("java.lang.Object", "javax.websocket.RemoteEndpoint$Basic"));
        assertEquals(Set.of(Role.ASYNC), roles("java.lang.Object", ASYNC));
        assertEquals(Set.of(Role.JETTY), roles("java.lang.Object", JETTY, "java.lang.String"));
    }

    /** Tyrus' session implements an interface of its own, which extends Jakarta's. */
    @Test
    void aSessionIsKnownByItsMethodToo() {
        ClassFile tyrus = new ClassFile("java.lang.Object", List.of("tyrus.DistributedSession"), List.of(), true);
        assertEquals(Set.of(Role.SESSION), Engines.find(EnumSet.allOf(Role.class), "tyrus.TyrusSession", tyrus));
    }

    @Test
    void whatSendsPingsMattersOnJettyAlone() {
        ClassFile remote =
                new ClassFile("java.lang.Object", List.of("jakarta.websocket.RemoteEndpoint"), List.of(), false);
        Set<Role> all = EnumSet.allOf(Role.class);
        assertEquals(Set.of(Role.PINGS), Engines.find(all, "org.eclipse.jetty.ee10.Remote", remote));
        assertEquals(Set.of(), Engines.find(all, "org.apache.tomcat.websocket.WsRemoteEndpointBase", remote));
    }

    @Test
    void onlyRolesThatMatterCount() {
        ClassFile async = new ClassFile("java.lang.Object", List.of(ASYNC), List.of(), false);
        assertEquals(Set.of(), Engines.find(Set.of(Role.BASIC, Role.SESSION), "engine.Async", async));
    }

    /** They may lock before they pass a call on, and then no two threads are inside the engine. */
    @Test
    void remotesThatPassCallsOnAreLeftAlone() {
        assertEquals(Set.of(), roles("java.lang.Object", BASIC, "java.util.Queue", BASIC));
        assertEquals(Set.of(), roles("java.lang.Object", BASIC, "jakarta.websocket.RemoteEndpoint"));
        assertEquals(Set.of(), roles("java.lang.Object", ASYNC, SESSION));
        assertEquals(Set.of(), roles("java.lang.Object", JETTY, JETTY));
        assertEquals(Set.of(), roles("java.lang.reflect.Proxy", SESSION));
    }

    /** As Tomcat's does, whose path would be unknown otherwise. */
    @Test
    void aSessionMayHoldItsRemotes() {
        assertEquals(Set.of(Role.SESSION), roles("java.lang.Object", SESSION, BASIC, ASYNC));
    }
}
