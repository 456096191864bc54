package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An operator stops the server. Every peer gets a Close before its connection ends, and the process ends soon. */
class ShutdownIT {
    @ParameterizedTest
    @EnumSource(names = {"JAVA_JAR", "JETTY_HOME", "TOMCAT", "TOMCAT_10", "UNDERTOW"})
    @Execution(ExecutionMode.CONCURRENT) // since it mostly waits
    void peersAreToldAndTheProcessEnds(Container container) throws Exception {
        try (SampleServer server = container.start("stop", Servers.WAR);
                RawClient polite = open(server, "/echo");
                RawClient silent = open(server, "/chat")) {
            long begin = System.nanoTime();
            server.process().terminate();
            assertEquals(1001, polite.read().closeCode());
            polite.send(RawClient.close(1001));
            polite.awaitEnd();
            assertEquals(1001, silent.read().closeCode());
            server.process().awaitExit();
            assertTrue(System.nanoTime() - begin < 30e9, "the process has taken more than 30 s to end");
        }
    }

    @Test
    @Tag("containers")
    void onJettyEe11PeersAreToldAndTheProcessEnds() throws Exception {
        peersAreToldAndTheProcessEnds(Container.JETTY_HOME_EE11);
    }

    /** WildFly stops its services in parallel, in whatever order. */
    @RepeatedTest(5)
    @Tag("containers")
    void onWildFlyPeersAreToldAndTheProcessEnds() throws Exception {
        peersAreToldAndTheProcessEnds(Container.WILDFLY);
    }

    /** Tomcat destroys one servlet after another. */
    @Test
    void servletsWhosePeersHaveVanishedTakeOneCloseTimeoutTogether() throws Exception {
        int servlets = 8;
        Path war = Wars.changed(
                "war-servlets",
                root -> Files.writeString(
                        root.resolve("WEB-INF/web.xml"), """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
                """ + echoServlets(servlets) + "</web-app>"));
        List<RawClient> vanished = new ArrayList<>();
        try (SampleServer server = Servers.tomcat("tomcat-servlets", war)) {
            for (int i = 0; i < servlets; i++) {
                vanished.add(open(server, "/echo" + i));
            }
            long begin = System.nanoTime();
            server.process().terminate();
            server.process().awaitExit();
            double seconds = (System.nanoTime() - begin) / 1e9;
            assertTrue(seconds < 20, () -> "the process has taken " + seconds + " s to end");
            for (RawClient each : vanished) {
                assertEquals(1001, each.readToClose());
            }
            assertFalse(server.log().contains("has failed to stop it"), server.log());
        } finally {
            for (RawClient each : vanished) {
                each.close();
            }
        }
    }

    private static String echoServlets(int count) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append("""
                    <servlet>
                      <servlet-name>echo%1$d</servlet-name>
                      <servlet-class>io.twintrace.websocket.servlet.UpgradeServlet</servlet-class>
                      <init-param>
                        <param-name>handler</param-name>
                        <param-value>io.twintrace.sample.EchoHandler</param-value>
                      </init-param>
                      <load-on-startup>1</load-on-startup>
                    </servlet>
                    <servlet-mapping>
                      <servlet-name>echo%1$d</servlet-name>
                      <url-pattern>/echo%1$d</url-pattern>
                    </servlet-mapping>
                    """.formatted(i));
        }
        return all.toString();
    }

    /** Connects, and waits for an answer from the server. */
    private static RawClient open(SampleServer server, String path) throws Exception {
        RawClient client = RawClient.open(server.port(), server.path(path));
        client.send(RawClient.text("{}"));
        client.read();
        return client;
    }
}
