package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.JdkClient;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** What the clients and the application see when the application ends. */
class StopTest {
    private ConfigurableApplicationContext application;

    private int start(String... arguments) {
        application = SpringApplication.run(ChatApplication.class, arguments);
        return port();
    }

    private int port() {
        return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    @AfterEach
    void stop() {
        ProbeController.released.countDown();
        application.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"graceful", "immediate"})
    void allConnectionsCloseWith1001(String shutdown) throws Exception {
        Browser browser = Browser.loggedIn(start("--server.port=0", "--server.shutdown=" + shutdown), "bob", "b");
        try (JdkClient echo = browser.open("/echo");
                JdkClient room = browser.open("/rooms/blue")) {
            room.receive(); // both are served
            echo.send("hello");
            echo.receive();
            application.close();
            assertEquals(1001, echo.awaitClose());
            assertEquals(1001, room.awaitClose());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/busy", "/busy-servlet"})
    void aHandlerThatGoesOnDoesNotHoldUpTheEnd(String path) throws Exception {
        ProbeController.released = new CountDownLatch(1);
        Browser browser = Browser.loggedIn(start("--server.port=0", "--chat.close-timeout=500ms"), "bob", "b");
        try (JdkClient client = browser.open(path)) {
            client.receive();
            long begin = System.nanoTime();
            application.close();
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            assertEquals(1001, client.awaitClose());
            assertTrue(took.toMillis() < 4_000, () -> "took " + took);
        }
    }

    /** Spring 7 does that with the applications of tests. */
    @Test
    void anApplicationThatPausesAcceptsConnectionsAfterwards() throws Exception {
        start("--server.port=0");
        application.stop();
        application.start();
        Browser browser = Browser.loggedIn(port(), "bob", "b");
        try (JdkClient echo = browser.open("/echo");
                JdkClient room = browser.open("/rooms/blue")) {
            room.receive();
            echo.send("hello");
            assertEquals("hello", echo.receive());
        }
    }
}
