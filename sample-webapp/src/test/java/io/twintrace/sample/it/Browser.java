package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.TakesScreenshot;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The system's headless Chromium, with its own profile. Downloads nothing. */
final class Browser implements AutoCloseable {
    private static final File CHROMIUM = new File("/usr/bin/chromium");
    private static final File CHROMEDRIVER = new File("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SCRIPT_PATIENCE = Duration.ofSeconds(60);

    /** Held here, since loggers are held weakly. It warns of a protocol that nobody here uses. */
    private static final Logger DEVTOOLS = Logger.getLogger("org.openqa.selenium.devtools");

    private final ChromeDriver driver;

    private Browser() throws IOException {
        DEVTOOLS.setLevel(Level.OFF);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--force-prefers-reduced-motion", // a click may miss an element that scrolls smoothly
                "--window-size=1100,1400",
                "--user-data-dir=" + Servers.directory("browser"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(CHROMEDRIVER)
                .usingAnyFreePort()
                .build();
        driver = new ChromeDriver(service, options);
    }

    /** Starts a new browser. If there is none, the test is skipped. */
    static Browser ifInstalled() throws IOException {
        if (!Boolean.getBoolean("twintrace.browser.required")) {
            assumeTrue(
                    CHROMIUM.canExecute() && CHROMEDRIVER.canExecute(),
                    "skipped: no chromium with chromedriver in /usr/bin (Debian: chromium, chromium-driver);"
                            + " -Dtwintrace.browser.required=true makes this an error");
        }
        return new Browser();
    }

    ChromeDriver driver() {
        return driver;
    }

    WebElement element(String id) {
        return driver.findElement(By.id(id));
    }

    /** Waits until the element with that id shows a text. */
    void awaitText(String id, String text) {
        new WebDriverWait(driver, PATIENCE)
                .withMessage(() -> "#" + id + " to show \"" + text + "\", but it shows \""
                        + element(id).getText() + '"')
                .until(unused -> element(id).getText().contains(text));
    }

    /** Sets the size of the page in CSS pixels. */
    void show(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Waits until a script in the page returns true. */
    void await(String what, String script) {
        new WebDriverWait(driver, PATIENCE)
                .withMessage(what)
                .until(unused -> Boolean.TRUE.equals(driver.executeScript(script)));
    }

    /** The texts of the elements that a CSS selector finds. */
    List<String> texts(String css) {
        return driver.findElements(By.cssSelector(css)).stream()
                .map(WebElement::getText)
                .toList();
    }

    /**
     * Runs a script of the test resources in the page, and then another one with the arguments. The page's security
     * policy does not apply to them. Returns the value that the other one passes to its last argument, a function.
     */
    Object run(String library, String script, Object... arguments) throws IOException {
        try (InputStream in = Browser.class.getResourceAsStream(library)) {
            driver.manage().timeouts().scriptTimeout(SCRIPT_PATIENCE);
            return driver.executeAsyncScript(new String(in.readAllBytes(), StandardCharsets.UTF_8) + script, arguments);
        }
    }

    /** The browser's complaints: exceptions, missing files, violations of the page's security policy. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(Object::toString)
                .toList();
    }

    /** Saves a picture of the element with that id in target/screenshots. */
    void screenshot(String id, String name) throws IOException {
        save(element(id), name);
    }

    /** Saves a picture of what the window shows of the page. */
    void screenshot(String name) throws IOException {
        save(driver, name);
    }

    private static void save(TakesScreenshot shown, String name) throws IOException {
        Path file = Servers.TARGET.resolve("screenshots").resolve(name + ".png");
        Files.createDirectories(file.getParent());
        Files.write(file, shown.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
