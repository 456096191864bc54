package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A mistake in the WAR shows when it is deployed, not at the first connection, and the server stops in good order. */
class DeploymentIT {
    private static final String MISTAKE = "unknown init-param \"raed-limit\"";

    @Test
    void onTomcatAWrongInitParamStopsTheDeployment() throws Exception {
        try (SampleServer server = Servers.tomcat("tomcat-wrong", warWithWrongInitParam())) {
            Await.until("the mistake in the log", server::log, log -> log.contains(MISTAKE));
            assertEquals(404, statusOf(server, "/"));
            assertEquals(404, statusOf(server, "/echo"));
        }
    }

    @Test
    void onTomcatAServletWithoutAHandlerStopsTheDeployment() throws Exception {
        try (SampleServer server = Servers.tomcat("tomcat-no-handler", warWith(">handler<", ">com.example.handler<"))) {
            Await.until("the mistake in the log", server::log, log -> log.contains("\": no handler"));
            assertEquals(404, statusOf(server, "/"));
        }
    }

    @Test
    void onJettyAWrongInitParamStopsTheDeployment() throws Exception {
        assertJettyDoesNotServe("jetty-wrong", warWithWrongInitParam(), MISTAKE);
    }

    /** Earlier versions of the library needed the file. */
    @Test
    void onJettyAFileThatShowsItsClassesDoesNoHarm() throws Exception {
        Path war =
                Wars.changed("war-showing", root -> Files.writeString(root.resolve("WEB-INF/jetty-ee10-web.xml"), """
                <!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "https://jetty.org/configure_10_0.dtd">
                <Configure class="org.eclipse.jetty.ee10.webapp.WebAppContext">
                  <Get name="hiddenClassMatcher">
                    <Call name="exclude">
                      <Arg>
                        <Array type="java.lang.String">
                          <Item>org.eclipse.jetty.server.</Item>
                          <Item>org.eclipse.jetty.io.</Item>
                          <Item>org.eclipse.jetty.util.</Item>
                          <Item>org.eclipse.jetty.http.</Item>
                          <Item>org.eclipse.jetty.ee10.servlet.</Item>
                        </Array>
                      </Arg>
                    </Call>
                  </Get>
                </Configure>
                """));
        for (String modules : List.of("http,ee10-deploy", "http,ee11-deploy")) {
            try (SampleServer server = Servers.jettyHome("jetty-showing", war, modules);
                    RawClient client = RawClient.open(server.port(), server.path("/echo"))) {
                client.send(RawClient.text("hello"));
                assertEquals("hello", client.read().text());
            }
        }
    }

    @Test
    void inAnOlderEnvironmentOfJettyTheRightOnesAreNamed() throws Exception {
        try (SampleServer server = Servers.jettyHome("jetty-ee9", Servers.WAR, "http,ee9-deploy")) {
            String log = server.log();
            assertTrue(log.contains("this is the environment ee9 of jetty/"), log);
            assertTrue(log.contains("with Jetty's module ee10-deploy or ee11-deploy"), log);
        }
    }

    @Test
    void byItselfAWarWithAWrongInitParamEndsWithAnError() throws Exception {
        Path directory = Servers.directory("java-jar-wrong");
        try (ServerProcess process = Servers.startJavaJar(directory, warWithWrongInitParam())) {
            assertNotEquals(0, process.awaitExit());
            String output = process.output();
            assertTrue(output.contains(MISTAKE), output);
        }
    }

    private static void assertJettyDoesNotServe(String name, Path war, String message) throws Exception {
        try (SampleServer server = Servers.jettyHome(name, war)) {
            String log = server.log();
            assertTrue(log.contains(message), log);
            assertNotEquals(200, statusOf(server, "/"));
        }
    }

    private static int statusOf(SampleServer server, String path) throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.ascii("GET " + server.path(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            return client.readResponse().status();
        }
    }

    private static Path warWithWrongInitParam() throws IOException {
        return warWith(">read-limit<", ">raed-limit<");
    }

    private static Path warWith(String mistaken, String mistake) throws IOException {
        return Wars.changed("war-wrong", root -> {
            Path webXml = root.resolve("WEB-INF/web.xml");
            Files.writeString(webXml, Files.readString(webXml).replaceFirst(Pattern.quote(mistaken), mistake));
        });
    }
}
