package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;

/** The page in a real browser. */
interface BrowserTests extends OnServer {
    @Test
    default void twoTabsChatWithEachOther() throws Exception {
        try (Browser browser = Browser.ifInstalled()) {
            String ann = join(browser, "Ann");
            browser.driver().switchTo().newWindow(WindowType.TAB);
            String ben = join(browser, "Ben");
            say(browser, "hello from Ben");
            browser.driver().switchTo().window(ann);
            browser.awaitText("chat-log", "Ben joined.");
            browser.awaitText("chat-log", "hello from Ben");
            say(browser, "<b>and</b> from Ann");
            assertSaid(browser, "Ben", "hello from Ben", "Ann", "<b>and</b> from Ann");
            browser.driver().switchTo().window(ben);
            assertSaid(browser, "Ben", "hello from Ben", "Ann", "<b>and</b> from Ann");
            browser.screenshot("chat", server().name() + "-chat");
            assertEquals(List.of(), browser.complaints());

            browser.element("chat-leave").click();
            browser.driver().switchTo().window(ann);
            browser.awaitText("chat-log", "Ben left.");
        }
    }

    @Test
    default void theRaceShowsBothStacksAndMarksTheTwoLinesThatCollided() throws Exception {
        try (Browser browser = Browser.ifInstalled()) {
            browser.driver().get(server().http("/").toString());
            browser.element("race-run").click();
            browser.awaitText("race-state", "caught");
            assertTrue(browser.texts("#race-first .frame").size() > 2);
            assertTrue(browser.texts("#race-second .frame").size() > 2);
            List<String> colliding = browser.texts(".frame.colliding .call");
            assertEquals(2, colliding.size());
            assertEquals(
                    Set.of("RaceServlet.writeFromHeartbeat", "RaceServlet.writeFromRequest"), Set.copyOf(colliding));
            browser.awaitText("race-close", "1011 (concurrent write)");
            browser.screenshot("race", server().name() + "-race");
            assertEquals(List.of(), browser.complaints());
        }
    }

    /** Joins in the current tab, and gives its handle. */
    private String join(Browser browser, String name) {
        browser.driver().get(server().http("/").toString());
        browser.element("chat-name").sendKeys(name);
        browser.element("chat-join").click();
        browser.awaitText("chat-state", "online");
        return browser.driver().getWindowHandle();
    }

    private static void say(Browser browser, String text) {
        browser.element("chat-text").sendKeys(text);
        browser.element("chat-send").click();
        browser.awaitText("chat-log", text);
    }

    private static void assertSaid(Browser browser, String... namesAndTexts) {
        browser.awaitText("chat-log", namesAndTexts[namesAndTexts.length - 1]);
        List<WebElement> said = browser.driver().findElements(By.cssSelector("#chat-log .said"));
        assertEquals(namesAndTexts.length / 2, said.size());
        for (int i = 0; i < said.size(); i++) {
            assertEquals(
                    namesAndTexts[2 * i],
                    said.get(i).findElement(By.cssSelector(".name")).getText());
            assertEquals(
                    namesAndTexts[2 * i + 1],
                    said.get(i).findElement(By.cssSelector(".text")).getText());
        }
    }
}
