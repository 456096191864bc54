package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.JdkClient;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Response;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.ClassMode;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext(classMode = ClassMode.BEFORE_CLASS) // StopTest ends the logging of an application that is kept
@ExtendWith(OutputCaptureExtension.class)
class ChatApplicationTest {
    private static final String BOB = basic("bob:b");

    @LocalServerPort
    private int port;

    private static String basic(String login) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.US_ASCII));
    }

    private Response answer(String path, String... headers) throws IOException {
        try (RawClient client = RawClient.connect(port)) {
            client.send(RawClient.handshake(path, headers));
            return client.readResponse();
        }
    }

    private static void echoes(RawClient client) throws IOException {
        client.send(RawClient.text("hello"));
        assertEquals("hello", client.read().text());
    }

    @Test
    void thisIsTheSpringBootAndTheContainerThatTheBuildMeans(@Autowired ServletContext context) {
        assertEquals(System.getProperty("boot.version"), SpringBootVersion.getVersion());
        String expected = System.getProperty("container").toLowerCase(Locale.ROOT);
        assertTrue(context.getServerInfo().toLowerCase(Locale.ROOT).contains(expected), context.getServerInfo());
    }

    @Test
    void aRegisteredServletEchoes() throws Exception {
        try (RawClient client = RawClient.open(port, "/echo", BOB)) {
            echoes(client);
        }
    }

    @Test
    void aListenerEchoes() throws Exception {
        try (RawClient client = RawClient.open(port, "/listener", BOB)) {
            echoes(client);
        }
    }

    @Test
    void anInitParamOfARegisteredServletApplies() throws Exception {
        try (RawClient client = RawClient.open(port, "/echo", BOB)) {
            client.send(RawClient.frameHead(RawClient.BINARY, 64 * 1024 + 1));
            assertEquals(1009, client.readToClose());
        }
    }

    @ParameterizedTest
    @CsvSource({"ada, a, 'welcome to blue, moderator ada'", "bob, b, 'welcome to blue, bob'"})
    void aControllerPassesOnThePathVariableTheUserAndTheRole(String user, String password, String welcome)
            throws Exception {
        Browser browser = Browser.loggedIn(port, user, password);
        try (JdkClient client = browser.open("/rooms/blue")) {
            assertEquals(welcome, client.receive());
            client.send("hello");
            assertEquals(user + ": hello", client.receive());
            assertEquals(1000, client.close(1000));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/rooms/blue"})
    void nobodyGetsInWithoutALogin(String path) throws Exception {
        assertEquals(401, answer(path).status());
        assertEquals(401, answer(path, basic("bob:wrong")).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/rooms/blue"})
    void thePageOfAnotherSiteDoesNotGetIn(String path) throws Exception {
        assertEquals(403, answer(path, BOB, "Origin: http://evil.example").status());
    }

    @Test
    void headersAndCookiesOfAControllerAreSentWithThe101() throws Exception {
        String head = answer("/cookie", BOB).head();
        assertTrue(head.contains("X-Served-By: the controller"), head);
        assertTrue(Pattern.compile("(?i)set-cookie: seen=yes").matcher(head).find(), head);
    }

    @Test
    void aControllerRefusesWithAnException() throws Exception {
        assertEquals(429, answer("/refused", BOB).status());
    }

    /** Jetty 12.1 ends the connection then. */
    @Test
    void aValueThatAControllerReturnsAfterTheUpgradeIsNotSent() throws Exception {
        try (RawClient client = RawClient.open(port, "/value", BOB)) {
            client.send(RawClient.close(1000));
            int end = client.readToClose();
            assertTrue(end == 1000 || end == 1006, "ended with " + end);
        }
    }

    @Test
    void theLogOutClosesTheConnectionsOfTheSession() throws Exception {
        Browser browser = Browser.loggedIn(port, "bob", "b");
        Browser other = Browser.loggedIn(port, "bob", "b");
        try (JdkClient client = browser.open("/rooms/blue");
                JdkClient stays = other.open("/rooms/blue")) {
            client.receive();
            stays.receive();
            browser.logOut();
            assertEquals(1008, client.awaitClose());
            stays.send("hello");
            assertEquals("bob: hello", stays.receive());
        }
    }

    @Test
    void theLogNamesBothMethodsOfARace(CapturedOutput log) throws Exception {
        try (RawClient client = RawClient.open(port, "/race", BOB)) {
            assertEquals(1011, client.readToClose());
        }
        for (String method : new String[] {"writeTicks", "writeAnswers"}) {
            Pattern writer = Pattern.compile("WriterTrace: the (first|second) writer.*\\R"
                    + "\tat io\\.twintrace\\.websocket\\.WebSocketConnection\\.writeMessage\\(.*\\R"
                    + "\tat com\\.example\\.ProbeController\\." + method + "\\(ProbeController\\.java:\\d+\\)");
            Await.until(
                    method + " in the log",
                    log::toString,
                    text -> writer.matcher(text).find());
        }
        assertFalse(log.toString().contains("Servlet.service() for servlet"), "an error of the container's");
    }
}
