package io.twintrace.guarded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.guard.GuardMode;
import io.twintrace.websocket.guard.Guarded;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The guard and what it knows of a race stay in the server; the application that raced goes. */
@Timeout(60)
class RedeploymentTest {
    private static final Logger LOGGER = Logger.getLogger("io.twintrace.websocket.guard");

    /** An application, whose class each deployment loads anew. */
    public static final class Application implements Runnable {
        /** As applications keep their sessions. It leads to the key under which the guard is kept. */
        @SuppressWarnings("unused")
        private static Session kept;

        private final Session session;
        private final RemoteEndpoint.Basic remote;
        private final CountDownLatch isInside;
        private final CountDownLatch mayGo;

        public Application(Session session, GuardMode mode, CountDownLatch isInside, CountDownLatch mayGo) {
            this.session = session;
            this.remote = Guarded.session(session, mode).getBasicRemote();
            this.isInside = isInside;
            this.mayGo = mayGo;
        }

        /** The first writer's call fails by itself as well. */
        @Override
        public void run() {
            kept = session;
            Thread first = new Thread(this::send, "first");
            first.start();
            try {
                isInside.await();
                send();
                mayGo.countDown();
                first.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            send();
        }

        private void send() {
            try {
                remote.sendText("text");
            } catch (Exception e) {
                // As applications do.
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Loads the application itself, and all else from the server. */
    private static final class Deployment extends ClassLoader {
        Deployment() {
            super(RedeploymentTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Application.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] file = in.readAllBytes();
                return defineClass(name, file, 0, file.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @BeforeEach
    void silence() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterEach
    void loud() {
        LOGGER.setLevel(null);
    }

    @Test
    void nothingOfAnApplicationStaysAfterARace() throws Exception {
        for (GuardMode mode : GuardMode.values()) {
            List<WeakReference<ClassLoader>> deployments = new ArrayList<>();
            long before = ConcurrentWrites.detected();
            for (int i = 0; i < 10; i++) {
                deployments.add(deploy(mode));
            }
            assertEquals(10, ConcurrentWrites.detected() - before);
            assertTrue(
                    areGone(deployments),
                    mode + ": "
                            + deployments.stream()
                                    .filter(each -> !each.refersTo(null))
                                    .count());
        }
    }

    private static WeakReference<ClassLoader> deploy(GuardMode mode) throws Exception {
        CountDownLatch isInside = new CountDownLatch(1);
        CountDownLatch mayGo = new CountDownLatch(1);
        Engine engine = new Engine();
        engine.duringCall = () -> {
            engine.duringCall = () -> {};
            isInside.countDown();
            await(mayGo);
            throw new IllegalStateException("the engine's");
        };
        Session session = mock(Session.class);
        when(session.getBasicRemote()).thenReturn(engine);
        ClassLoader deployment = new Deployment();
        Class<?> type = deployment.loadClass(Application.class.getName());
        Runnable application = (Runnable) type.getConstructors()[0].newInstance(session, mode, isInside, mayGo);
        application.run();
        return new WeakReference<>(deployment);
    }

    private static boolean areGone(List<WeakReference<ClassLoader>> deployments) {
        for (int i = 0; i < 50 && !deployments.stream().allMatch(each -> each.refersTo(null)); i++) {
            System.gc();
        }
        return deployments.stream().allMatch(each -> each.refersTo(null));
    }
}
