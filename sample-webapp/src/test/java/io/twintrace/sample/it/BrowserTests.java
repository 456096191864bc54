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
    String BOTH_STACKS_ARE_SEEN = """
            const stacks = [...document.querySelectorAll(".stack")].map((e) => e.getBoundingClientRect());
            return stacks.length === 2 && stacks.every((r) => r.height > 100 && r.top >= 0 && r.bottom <= 800);
            """;

    /** Identifiers in headings that are split across two lines. */
    String BROKEN_NAMES = """
            const broken = [];
            for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
              const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
              for (let text; (text = texts.nextNode()); ) {
                for (const name of text.data.matchAll(/[\\w$-]+/g)) {
                  const range = document.createRange();
                  range.setStart(text, name.index);
                  range.setEnd(text, name.index + name[0].length);
                  const tops = new Set([...range.getClientRects()].map((r) => r.top));
                  if (tops.size > 1) broken.push(name[0]);
                }
              }
            }
            return broken;
            """;

    String NOTHING_IS_TOO_WIDE = "return document.documentElement.scrollWidth <= window.innerWidth;";

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

    @Test
    default void theLinkAtTheTopStartsTheRaceAndThePageScrollsToBothStacks() throws Exception {
        try (Browser browser = Browser.ifInstalled()) {
            browser.show(1280, 800);
            browser.driver().get(server().http("/").toString());
            browser.element("race-watch").click();
            browser.awaitText("race-state", "caught");
            browser.await("both stacks to be seen whole", BOTH_STACKS_ARE_SEEN);
            assertEquals(List.of(), browser.complaints());
        }
    }

    @Test
    default void theHeadingOfTheReportNamesTheWritersInTheOrderOfTheColumns() throws Exception {
        try (Browser browser = Browser.ifInstalled()) {
            browser.driver().get(server().http("/").toString());
            for (int i = 0; i < 4; i++) { // so that both orders are likely
                browser.element("race-run").click();
                browser.awaitText("race-state", "caught");
                assertEquals(browser.texts(".frame.colliding .call"), browser.texts("#race-summary .writer"));
            }
        }
    }

    @Test
    default void noHeadingBreaksInsideAName() throws Exception {
        try (Browser browser = Browser.ifInstalled()) {
            browser.driver().get(server().http("/").toString());
            browser.element("race-run").click();
            browser.awaitText("race-state", "caught");
            for (int width : new int[] {1280, 800, 390, 320}) {
                browser.show(width, 800);
                assertEquals(List.of(), browser.driver().executeScript(BROKEN_NAMES), "at a width of " + width);
                browser.await("nothing to be scrolled sideways", NOTHING_IS_TOO_WIDE);
            }
        }
    }

    @Test
    default void theReportSaysWhatToDo() throws Exception {
        try (Browser browser = Browser.ifInstalled()) {
            browser.driver().get(server().http("/").toString());
            browser.element("race-run").click();
            browser.awaitText("race-state", "caught");
            browser.awaitText("race-report", "connection.outbox().offer(text);");
            assertEquals(List.of(), browser.complaints());
            browser.driver().findElement(By.linkText("Concurrent writes")).click();
            assertTrue(browser.texts("body").get(0).startsWith("# Concurrent writes"));
        }
    }

    /** Joins in the current tab, and returns its handle. */
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
        List<WebElement> all = browser.driver().findElements(By.cssSelector("#chat-log .said"));
        int count = namesAndTexts.length / 2;
        assertTrue(all.size() >= count, () -> all.size() + " messages"); // the first may be of another test
        List<WebElement> said = all.subList(all.size() - count, all.size());
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
