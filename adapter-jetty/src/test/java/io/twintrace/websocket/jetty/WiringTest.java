package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.JdkClient;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.annotation.WebServlet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All ways to register a WebSocket work, and all of them check the Origin. CVE-2026-59390, Spring, and CVE-2020-14368,
 * Che: one way of registering did not check it.
 */
class WiringTest {
    @TempDir
    private Path directory;

    enum Wiring {
        HELPER {
            @Override
            ServletContextHandler context(Path directory) {
                ServletContextHandler context = new ServletContextHandler("/");
                JettyWebSockets.add(context, "/ws", TestServer::echo);
                return context;
            }
        },
        CONSTRUCTOR {
            @Override
            ServletContextHandler context(Path directory) {
                ServletContextHandler context = new ServletContextHandler("/");
                context.addServlet(new ServletHolder(new UpgradeServlet(TestServer::echo)), "/ws");
                return context;
            }
        },
        ADD_SERVLET_WITH_AN_INSTANCE {
            @Override
            ServletContextHandler context(Path directory) {
                return initialized(servlets -> servlets.addServlet("ws", new UpgradeServlet(TestServer::echo)));
            }
        },
        ADD_SERVLET_WITH_A_CLASS {
            @Override
            ServletContextHandler context(Path directory) {
                return initialized(servlets -> withHandler(servlets.addServlet("ws", UpgradeServlet.class)));
            }
        },
        ADD_SERVLET_WITH_A_CLASS_NAME {
            @Override
            ServletContextHandler context(Path directory) {
                return initialized(servlets -> withHandler(servlets.addServlet("ws", UpgradeServlet.class.getName())));
            }
        },
        CREATE_SERVLET {
            @Override
            ServletContextHandler context(Path directory) {
                return initialized(servlets -> {
                    try {
                        return servlets.addServlet("ws", servlets.createServlet(AnnotatedEcho.class));
                    } catch (ServletException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
        },
        ANNOTATED_SUBCLASS {
            @Override
            ServletContextHandler context(Path directory) throws IOException {
                WebApp.copyClass(AnnotatedEcho.class, directory);
                return WebApp.in(directory);
            }
        },
        WEB_XML {
            @Override
            ServletContextHandler context(Path directory) throws IOException {
                WebXml.write(directory, WebXml.servlet("handler", EchoHandler.class.getName()));
                return WebApp.in(directory);
            }
        };

        abstract ServletContextHandler context(Path directory) throws IOException;
    }

    /**
     * Found by scanning. Its class is loaded by the web application, so nothing here that is not public is in its
     * reach.
     */
    @WebServlet("/ws")
    public static class AnnotatedEcho extends UpgradeServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void handle(BlockingConnection connection) throws Exception {
            for (Message m; (m = connection.readMessage()) != null; ) {
                connection.writeMessage(m.type(), m.payload());
            }
        }
    }

    /** Named in web.xml. */
    public static class EchoHandler implements WebSocketHandler {
        @Override
        public void handle(BlockingConnection connection) throws Exception {
            TestServer.echo(connection);
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

    /** CVE-2026-59390, Spring; CVE-2020-14368, Che: one way of registering did not check the Origin. */
    @ParameterizedTest
    @EnumSource
    void foreignOriginIsRefused(Wiring wiring) throws Exception {
        try (TestServer server = new TestServer(wiring.context(directory)).start()) {
            assertEquals(403, JdkClient.refusal(server.uri(), "Origin", "https://evil.example"));
            assertEquals(403, JdkClient.refusal(server.uri(), "Origin", "null"));
        }
    }

    /** A context in which code of the application registers the servlet. */
    private static ServletContextHandler initialized(Function<ServletContext, ServletRegistration> registering) {
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServletContainerInitializer(
                (unused, servlets) -> registering.apply(servlets).addMapping("/ws"));
        return context;
    }

    private static ServletRegistration withHandler(ServletRegistration registration) {
        registration.setInitParameter("handler", EchoHandler.class.getName());
        return registration;
    }
}
