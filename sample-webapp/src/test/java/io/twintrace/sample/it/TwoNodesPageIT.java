package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.testkit.JdkClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WindowType;

/** The page in a real browser, on two nodes behind a proxy. */
class TwoNodesPageIT {
    /** As long as the page allows, without a place to break. */
    private static final String LONG_NAME = "Wilhelmina-von-Hohenzollern-Sigm";

    private static final String INPUT_IS_REACHABLE = """
            const input = document.getElementById("chat-text");
            input.scrollIntoView({ block: "nearest" });
            const box = input.getBoundingClientRect();
            return box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom < innerHeight + 1
                && document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2) === input;
            """;

    private static final String LOG_SHOWS_ITS_END = """
            const log = document.getElementById("chat-log");
            return log.scrollHeight - log.scrollTop - log.clientHeight < 2;
            """;

    private static RedisServer redis;
    private static SampleServer one;
    private static SampleServer two;
    private static ReverseProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisServer.start();
        one = node("page-node-one");
        two = node("page-node-two");
        proxy = ReverseProxy.haproxy(one.port(), two.port());
    }

    private static SampleServer node(String name) throws Exception {
        return Servers.javaJar(name, Servers.WAR, "--redis", redis.uri().toString());
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {proxy, one, two, redis}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @Test
    void theChatGoesOnInTheBrowserWhenItsNodeStops() throws Exception {
        try (Browser browser = Browser.ifInstalled()) {
            String ann = join(browser, LONG_NAME);
            String nodeOfAnn = browser.element("chat-node").getText();
            browser.driver().switchTo().newWindow(WindowType.WINDOW);
            String ben = join(browser, "Ben");
            assertNotEquals(nodeOfAnn, browser.element("chat-node").getText());
            List<String> said = new ArrayList<>();
            say(browser, said, "hello from Ben");
            browser.driver().switchTo().window(ann);
            assertPresent(browser);
            browser.awaitText("chat-log", "hello from Ben");
            say(browser, said, "a" + " very long".repeat(12) + " text, and https://example.org/" + "x".repeat(80));
            browser.driver().switchTo().window(ben);
            browser.awaitText("chat-log", "a very long");

            nodeOfTheName(nodeOfAnn).process().terminate();
            for (int i = 0; i < 6; i++) {
                say(browser, said, "meanwhile " + i);
            }
            browser.driver().switchTo().window(ann);
            browser.awaitText("chat-log", "The server is going away.");
            browser.awaitText("chat-log", "Another server has taken over");
            say(browser, said, "here again");
            assertEquals(said, browser.texts("#chat-log .said .text"));
            assertPresent(browser);
            assertNotEquals(nodeOfAnn, browser.element("chat-node").getText());
            browser.screenshot("chat", "two-nodes-chat");
            assertFitsAPhone(browser);
            assertEquals(List.of(), browser.complaints());

            browser.driver().switchTo().window(ben);
            browser.awaitText("chat-log", "here again");
            assertEquals(said, browser.texts("#chat-log .said .text"));
            assertPresent(browser);
            browser.screenshot("chat", "two-nodes-chat-of-the-other");
        }
    }

    private static void assertFitsAPhone(Browser browser) throws Exception {
        browser.show(390, 844);
        browser.await("nothing to be scrolled sideways", BrowserTests.NOTHING_IS_TOO_WIDE);
        browser.await("the end of the log", LOG_SHOWS_ITS_END);
        browser.await("the input to be reachable", INPUT_IS_REACHABLE);
        browser.screenshot("two-nodes-phone");
        browser.screenshot("chat", "two-nodes-phone-chat");
    }

    private static String join(Browser browser, String name) {
        browser.driver().get(proxy.http("/").toString());
        browser.element("chat-name").sendKeys(name);
        browser.element("chat-join").click();
        browser.awaitText("chat-state", "online");
        browser.show(1100, 900);
        return browser.driver().getWindowHandle();
    }

    private static void say(Browser browser, List<String> said, String text) {
        browser.element("chat-text").sendKeys(text);
        browser.element("chat-send").click();
        browser.awaitText("chat-log", text);
        said.add(text);
    }

    private static void assertPresent(Browser browser) {
        browser.awaitText("chat-headcount", "2");
        browser.awaitText("chat-people", "Ben");
        browser.awaitText("chat-people", LONG_NAME);
    }

    /** Asks one of them directly. */
    private static SampleServer nodeOfTheName(String name) throws Exception {
        try (JdkClient client = JdkClient.open(one.ws("/chat"))) {
            client.send("{\"type\":\"join\",\"name\":\"Probe\",\"key\":\"p\"}");
            JsonObject message;
            do {
                message = JsonParser.parseString(client.receive()).getAsJsonObject();
            } while (!message.get("type").getAsString().equals("welcome"));
            return message.get("node").getAsString().equals(name) ? one : two;
        }
    }
}
