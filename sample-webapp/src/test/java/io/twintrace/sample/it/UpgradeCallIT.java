package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Response;
import java.io.IOException;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A servlet of the application's own upgrades, and knows the session, in every container. */
class UpgradeCallIT {
    private static final String HANDLER = "/call/handler";
    private static final String LISTENER = "/call/listener";

    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser = HttpClient.newBuilder()
            .cookieHandler(cookies)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    /** One start of the container for all: it takes the longest. */
    @ParameterizedTest
    @EnumSource(names = {"JETTY_HOME", "TOMCAT", "TOMCAT_10"})
    @Execution(ExecutionMode.CONCURRENT) // since it mostly waits
    void aServletOfTheApplicationUpgrades(Container container) throws Exception {
        Path war = Wars.changed(
                "war-call",
                root -> Wars.addPlainServlet(root, "/call/*", UpgradeCallServlet.class, PatientEchoListener.class));
        try (SampleServer server = container.start("call", war)) {
            messagesComeBack(server);
            headersAndCookiesOfTheApplicationAreSent(server);
            theApplicationRefuses(server);
            messagesKeepTheSessionAliveAndItsEndClosesTheConnection(server);
            aLogoutClosesTheConnection(server);
            theEndOfTheServerIsTold(server);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JAVA_JAR", "JETTY_HOME_EE11", "UNDERTOW", "WILDFLY"})
    @Tag("containers")
    void aServletOfTheApplicationUpgradesOnTheOthersToo(Container container) throws Exception {
        aServletOfTheApplicationUpgrades(container);
    }

    private static RawClient open(SampleServer server, String path, String... headers) throws IOException {
        return RawClient.open(server.port(), server.path(path), headers);
    }

    private static void echo(RawClient client) throws IOException {
        client.send(RawClient.text("message"));
        assertEquals("message", client.read().text());
    }

    private static void messagesComeBack(SampleServer server) throws Exception {
        try (RawClient handler = open(server, HANDLER);
                RawClient listener = open(server, LISTENER)) {
            assertEquals("/handler {room=blue}", handler.read().text());
            echo(handler);
            echo(listener);
        }
    }

    private static Response answer(SampleServer server, String path) throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake(server.path(path)));
            return client.readResponse();
        }
    }

    private static void headersAndCookiesOfTheApplicationAreSent(SampleServer server) throws Exception {
        Response answer = answer(server, HANDLER);
        assertEquals(101, answer.status());
        assertTrue(answer.head().contains("X-Node: a\r\n"), answer.head());
        assertTrue(answer.head().contains("X-Node: b\r\n"), answer.head());
        assertTrue(answer.head().matches("(?si).*set-cookie: seat=7.*"), answer.head());
    }

    private static void theApplicationRefuses(SampleServer server) throws Exception {
        Response answer = answer(server, "/call/refused");
        assertEquals(401, answer.status());
        assertTrue(answer.head().contains("WWW-Authenticate: Bearer\r\n"), answer.head());
    }

    private String page(SampleServer server, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.http(path)).build();
        return browser.send(request, BodyHandlers.ofString()).body();
    }

    /** Logs in, and connects with the cookie of the session. */
    private RawClient openWithSession(SampleServer server, String path) throws Exception {
        assertEquals("session", page(server, "/call/login"));
        Map<String, List<String>> headers = cookies.get(server.http(path), Map.of());
        return open(server, path, "Cookie: " + String.join("; ", headers.get("Cookie")));
    }

    /** Talks for twice as long as the session lives without a request, and a little more. */
    private void messagesKeepTheSessionAliveAndItsEndClosesTheConnection(SampleServer server) throws Exception {
        try (RawClient client = openWithSession(server, LISTENER)) {
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(2L * UpgradeCallServlet.SECONDS + 1)) {
                echo(client);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // as a user who types
            }
            assertEquals("session", page(server, "/call/session"));
            echo(client);
            LockSupport.parkNanos(
                    TimeUnit.SECONDS.toNanos(2L * UpgradeCallServlet.SECONDS + 2)); // as one who is silent
            assertEquals("no session", page(server, "/call/session"));
            assertEquals(1008, client.readToClose());
        }
    }

    private void aLogoutClosesTheConnection(SampleServer server) throws Exception {
        try (RawClient handler = openWithSession(server, HANDLER);
                RawClient listener = openWithSession(server, LISTENER)) {
            assertEquals("/handler {room=blue}", handler.read().text());
            echo(handler);
            echo(listener);
            assertEquals("session", page(server, "/call/logout"));
            assertEquals(1008, handler.readToClose());
            assertEquals(1008, listener.readToClose());
            assertEquals("no session", page(server, "/call/session"));
        }
    }

    private static void theEndOfTheServerIsTold(SampleServer server) throws Exception {
        try (RawClient handler = open(server, HANDLER);
                RawClient listener = open(server, LISTENER)) {
            assertEquals("/handler {room=blue}", handler.read().text());
            echo(handler);
            echo(listener);
            server.process().terminate();
            assertEquals(1001, handler.readToClose());
            assertEquals(1001, listener.readToClose());
        }
    }
}
