package io.twintrace.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.agent.Engines.Role;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnginesTest {
    private static final String BASIC = "jakarta.websocket.RemoteEndpoint$Basic";
    private static final String ASYNC = "jakarta.websocket.RemoteEndpoint$Async";
    private static final String SESSION = "jakarta.websocket.Session";
    private static final String JETTY = "org.eclipse.jetty.websocket.api.Session";

    private static Set<Role> roles(String superclass, String type, String... fields) {
        ClassFile file =
                new ClassFile(superclass, List.of("java.io.Closeable", type), List.of(fields), List.of(), false);
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
        ClassFile tyrus =
                new ClassFile("java.lang.Object", List.of("tyrus.DistributedSession"), List.of(), List.of(), true);
        assertEquals(Set.of(Role.SESSION), Engines.find(EnumSet.allOf(Role.class), "tyrus.TyrusSession", tyrus));
    }

    @Test
    void whatSendsPingsMattersOnJettyAlone() {
        ClassFile remote = new ClassFile(
                "java.lang.Object", List.of("jakarta.websocket.RemoteEndpoint"), List.of(), List.of(), false);
        Set<Role> all = EnumSet.allOf(Role.class);
        assertEquals(Set.of(Role.PINGS), Engines.find(all, "org.eclipse.jetty.ee10.Remote", remote));
        assertEquals(Set.of(), Engines.find(all, "org.apache.tomcat.websocket.WsRemoteEndpointBase", remote));
    }

    @Test
    void onlyRolesThatMatterCount() {
        ClassFile async = new ClassFile("java.lang.Object", List.of(ASYNC), List.of(), List.of(), false);
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

    /** Through an object around it, a supplier or a map. */
    @Test
    void remotesThatCallAnotherOneAreLeftAlone() throws IOException {
        for (Class<?> type : List.of(Outer.Locking.class, Supplied.class, Referring.class)) {
            assertEquals(Set.of(), Engines.find(EnumSet.allOf(Role.class), type.getName(), ClassFileTest.read(type)));
        }
        assertEquals(
                Set.of(Role.BASIC, Role.PINGS),
                Engines.find(
                        EnumSet.allOf(Role.class), "org.eclipse.jetty.Sending", ClassFileTest.read(Sending.class)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.tomcat.websocket.WsRemoteEndpointBasic",
                "org.apache.tomcat.websocket.WsRemoteEndpointAsync",
                "org.apache.tomcat.websocket.WsSession",
                "org.eclipse.jetty.ee10.websocket.jakarta.common.JakartaWebSocketBasicRemote",
                "org.eclipse.jetty.ee10.websocket.jakarta.common.JakartaWebSocketAsyncRemote",
                "org.eclipse.jetty.ee10.websocket.jakarta.common.JakartaWebSocketRemoteEndpoint",
                "org.eclipse.jetty.ee10.websocket.jakarta.common.JakartaWebSocketSession",
                "io.undertow.websockets.jsr.WebSocketSessionRemoteEndpoint$BasicWebSocketSessionRemoteEndpoint",
                "io.undertow.websockets.jsr.WebSocketSessionRemoteEndpoint$AsyncWebSocketSessionRemoteEndpoint",
                "io.undertow.websockets.jsr.UndertowSession",
                "org.glassfish.tyrus.core.TyrusRemoteEndpoint$Basic",
                "org.glassfish.tyrus.core.TyrusRemoteEndpoint$Async",
                "org.glassfish.tyrus.core.TyrusSession"
            })
    void theClassesOfEnginesAreNotTakenForSuch(String name) throws IOException {
        assertEquals(
                1,
                Engines.find(EnumSet.allOf(Role.class), name, ClassFileTest.read(name))
                        .size());
    }

    /** As Jetty's session does. */
    @Test
    void aSessionMayCallItsRemotes() throws IOException {
        assertEquals(
                Set.of(Role.SESSION),
                Engines.find(EnumSet.allOf(Role.class), "engine.Calling", ClassFileTest.read(Calling.class)));
    }

    private abstract static class Sending implements RemoteEndpoint.Basic, RemoteEndpoint {
        @Override
        public void sendText(String text) throws IOException {
            sendText(text, true);
        }
    }

    private abstract static class Calling implements Session {
        @Override
        public void close() throws IOException {
            getBasicRemote().flushBatch();
        }
    }

    @SuppressWarnings("unused")
    private static final class Outer {
        private final Session session;
        private final Lock lock = new ReentrantLock();

        Outer(Session session) {
            this.session = session;
        }

        private abstract class Locking implements RemoteEndpoint.Basic {
            @Override
            public void sendText(String text) throws IOException {
                lock.lock();
                try {
                    session.getBasicRemote().sendText(text);
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private abstract static class Supplied implements RemoteEndpoint.Basic {
        private Supplier<RemoteEndpoint.Basic> supplier;

        @Override
        public synchronized void sendText(String text) throws IOException {
            supplier.get().sendText(text);
        }
    }

    /** By a reference to the method. */
    private abstract static class Referring implements RemoteEndpoint.Async {
        private Function<Object, RemoteEndpoint.Async> sessions;

        @Override
        public Future<Void> sendText(String text) {
            Function<String, Future<Void>> send = sessions.apply(this)::sendText;
            return send.apply(text);
        }
    }

    /** As Tomcat's does, whose path would be unknown otherwise. */
    @Test
    void aSessionMayHoldItsRemotes() {
        assertEquals(Set.of(Role.SESSION), roles("java.lang.Object", SESSION, BASIC, ASYNC));
    }
}
