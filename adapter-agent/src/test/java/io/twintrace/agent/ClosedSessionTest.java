package io.twintrace.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.agent.Engines.Role;
import io.twintrace.agent.dispatch.TwintraceDispatch;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.guard.GuardMode;
import io.twintrace.websocket.guard.SessionGuards;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.bytebuddy.ByteBuddy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A message that was half sent before its session was closed is no conflict: the engine refuses the next one. */
@Timeout(30)
class ClosedSessionTest {
    /** Weaves the engine's classes, and takes all else from the test. */
    private static final class Weaving extends ClassLoader {
        Weaving() {
            super(ClosedSessionTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(FakeEngine.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known != null ? known : woven(name);
        }

        private Class<?> woven(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) { // Byte Buddy's own subclass, which has no file
                    throw new ClassNotFoundException(name);
                }
                byte[] file = in.readAllBytes();
                ClassFile read = ClassFile.read(file);
                byte[] woven = read == null
                        ? file
                        : Weaver.weave(name, Engines.find(EnumSet.allOf(Role.class), name, read), this, file);
                return defineClass(name, woven, 0, woven.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }

        Class<?> concrete(Class<?> type) throws ClassNotFoundException {
            return new ByteBuddy()
                    .subclass(loadClass(type.getName()))
                    .make()
                    .load(this)
                    .getLoaded();
        }
    }

    private final ExecutorService another = Executors.newSingleThreadExecutor();
    private Session session;

    @BeforeEach
    void begin() throws Exception {
        TwintraceDispatch.install(new Watch(new SessionGuards(GuardMode.FAIL, DetectorLevel.MESSAGES)));
        Weaving weaving = new Weaving();
        Object remote =
                weaving.concrete(FakeEngine.FakeRemote.class).getConstructor().newInstance();
        session = (Session) weaving.concrete(FakeEngine.FakeSession.class)
                .getDeclaredConstructors()[0]
                .newInstance(remote);
        another.submit(() -> {
                    session.getBasicRemote().sendText("half of ", false);
                    return null;
                })
                .get();
    }

    @AfterEach
    void end() {
        TwintraceDispatch.install(null);
        another.shutdown();
    }

    private void assertRefusedByEngine() {
        RuntimeException thrown = assertThrows(
                IllegalStateException.class, () -> session.getBasicRemote().sendText("news"));
        assertEquals(FakeEngine.REFUSAL, thrown.getMessage());
    }

    @Test
    void aHalfSentMessageOfAnOpenSessionIsAConflict() {
        ConcurrentWriteException conflict = assertThrows(
                ConcurrentWriteException.class, () -> session.getBasicRemote().sendText("news"));
        assertEquals("/quotes%0AERROR/new", conflict.report().connection().path());
    }

    @Test
    void aSessionThatIsClosedIsLeftToTheEngine() {
        session.setMaxIdleTimeout(0);
        assertRefusedByEngine();
    }

    @Test
    void aSessionThatIsBeingClosedIsClosed() throws Exception {
        session.close();
        assertRefusedByEngine();
    }
}
