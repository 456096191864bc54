package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server may have several environments at once, on one class path. */
class JettyHandoverTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"org.eclipse.jetty.ee11.servlet.ServletContextHandler$Any", "org.eclipse.jetty.ee9.nested.X"})
    void aContextOfAnotherEnvironmentIsNotSupported(String contextClass) {
        assertTrue(JettyHandover.isOtherEnvironment(contextClass));
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.eclipse.jetty.ee10.webapp.WebAppContext$ServletApiContext", "com.example.Wrapper"})
    void anyOtherMayBe(String contextClass) {
        assertFalse(JettyHandover.isOtherEnvironment(contextClass));
    }
}
