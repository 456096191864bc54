package io.twintrace.websocket.internal.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that is deployed again leaves nothing behind: no class loader, no thread. */
class RedeploymentTest {
    private static final int TIMES = 20;

    /** Other tests of this process may have left some idle. */
    private final Set<Thread> threadsOfOthers = Thread.getAllStackTraces().keySet();

    private final List<WeakReference<ClassLoader>> applications = new ArrayList<>();
    private final List<WeakReference<ClassLoader>> isolated = new ArrayList<>();

    /** Undeploys with one connection of each kind open, and after a conflict. */
    private void deployOnce(DeployedApp app) throws Exception {
        app.deploy();
        try (RawClient handler = app.openAndEcho(DeployedApp.Echo.class);
                RawClient listener = app.openAndEcho(DeployedApp.Push.class)) {
            applications.add(new WeakReference<>(app.classLoader()));
            app.connectionLoaders().forEach(loader -> isolated.add(new WeakReference<>(loader)));
            try (RawClient race = app.open(DeployedApp.Race.class)) {
                assertEquals(1011, race.readToClose());
            }
            app.undeploy();
            assertEquals(1001, handler.readToClose());
            assertEquals(1001, listener.readToClose());
        }
        Await.until("no connection of this application", app::connectionLoaders, List::isEmpty);
    }

    @Test
    void oneClassLoaderIsLeft(@TempDir Path directory) throws Exception {
        try (DeployedApp app = new DeployedApp(directory)) {
            for (int i = 0; i < TIMES; i++) {
                deployOnce(app);
            }
            assertEquals(TIMES, isolated.size());
            app.deploy();
            Await.until("no old application", () -> left(applications), List::isEmpty);
            Await.until("no old class loader", () -> left(isolated), List::isEmpty);
            Await.until("no old thread", this::threads, List::isEmpty);
        }
    }

    private static List<ClassLoader> left(List<WeakReference<ClassLoader>> loaders) {
        System.gc();
        return loaders.stream().map(WeakReference::get).filter(Objects::nonNull).toList();
    }

    private List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !threadsOfOthers.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("websocket-"))
                .toList();
    }
}
