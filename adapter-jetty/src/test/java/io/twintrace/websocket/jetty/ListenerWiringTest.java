package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.JdkClient;
import jakarta.servlet.annotation.WebServlet;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All ways to register a listener work, and all of them check the Origin. */
class ListenerWiringTest {
    @TempDir
    private Path directory;

    enum Wiring {
        HELPER {
            @Override
            ServletContextHandler context(Path directory) {
                ServletContextHandler context = new ServletContextHandler("/");
                JettyWebSockets.add(context, "/ws", new EchoListener());
                return context;
            }
        },
        CONSTRUCTOR {
            @Override
            ServletContextHandler context(Path directory) {
                ServletContextHandler context = new ServletContextHandler("/");
                context.addServlet(new ServletHolder(new UpgradeServlet(new EchoListener.NonBlocking())), "/ws");
                return context;
            }
        },
        REGISTERED_SUBCLASS {
            @Override
            ServletContextHandler context(Path directory) {
                ServletContextHandler context = new ServletContextHandler("/");
                context.addServletContainerInitializer((unused, servlets) ->
                        servlets.addServlet("ws", AnnotatedListening.class).addMapping("/ws"));
                return context;
            }
        },
        ANNOTATED_SUBCLASS {
            @Override
            ServletContextHandler context(Path directory) throws IOException {
                WebApp.copyClass(AnnotatedListening.class, directory);
                return WebApp.in(directory);
            }
        },
        WEB_XML {
            @Override
            ServletContextHandler context(Path directory) throws IOException {
                WebXml.write(directory, WebXml.servlet("handler", EchoListener.class.getName()));
                return WebApp.in(directory);
            }
        },
        WEB_XML_NON_BLOCKING {
            @Override
            ServletContextHandler context(Path directory) throws IOException {
                WebXml.write(directory, WebXml.servlet("handler", EchoListener.NonBlocking.class.getName()));
                return WebApp.in(directory);
            }
        };

        abstract ServletContextHandler context(Path directory) throws IOException;
    }

    /** Jetty finds this servlet by scanning. */
    @WebServlet("/ws")
    public static class AnnotatedListening extends UpgradeServlet {
        private static final long serialVersionUID = 1L;

        public AnnotatedListening() {
            super(new EchoListener());
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesComeBack(Wiring wiring) throws Exception {
        try (TestServer server = new TestServer(wiring.context(directory)).start();
                JdkClient client = server.client()) {
            client.send("hello");
            assertEquals("hello", client.receive());
            assertEquals(1000, client.close(1000));
        }
    }

    @ParameterizedTest
    @EnumSource
    void foreignOriginIsRefused(Wiring wiring) throws Exception {
        try (TestServer server = new TestServer(wiring.context(directory)).start()) {
            assertEquals(403, JdkClient.refusal(server.uri(), "Origin", "https://evil.example"));
        }
    }
}
