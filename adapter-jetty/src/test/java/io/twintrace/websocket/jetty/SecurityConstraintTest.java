package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.util.security.Password;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A constraint in web.xml holds for the upgrade, whatever name the request uses. CVE-2026-76183, Tomcat: another name
 * of the endpoint bypassed it.
 */
class SecurityConstraintTest {
    private static final String CONSTRAINT = """
        <security-constraint>
          <web-resource-collection>
            <web-resource-name>sockets</web-resource-name>
            <url-pattern>/ws</url-pattern>
          </web-resource-collection>
          <auth-constraint><role-name>member</role-name></auth-constraint>
        </security-constraint>
        <login-config><auth-method>BASIC</auth-method><realm-name>test</realm-name></login-config>
        <security-role><role-name>member</role-name></security-role>
        """;

    @TempDir
    private Path directory;

    private TestServer server;

    /** Sends the name of the connected user. */
    public static class WhoAmI implements WebSocketHandler {
        @Override
        public void handle(BlockingConnection connection) throws Exception {
            connection.writeMessage(connection.request().user().getName());
        }
    }

    @BeforeEach
    void start() throws Exception {
        WebXml.write(directory, WebXml.servlet("handler", WhoAmI.class.getName()) + CONSTRAINT);
        WebAppContext context = new WebAppContext(directory.toString(), "/");
        UserStore users = new UserStore();
        users.addUser("ann", new Password("pass"), new String[] {"member"});
        users.addUser("guest", new Password("pass"), new String[] {"visitor"});
        HashLoginService logins = new HashLoginService("test");
        logins.setUserStore(users);
        context.getSecurityHandler().setLoginService(logins);
        server = new TestServer(context).start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** CVE-2026-76183, Tomcat: another name of the endpoint bypassed the constraint. */
    @ParameterizedTest
    @ValueSource(strings = {"/ws", "/ws?x=1", "/ws;x=1", "/%77s", "/./ws", "/x/../ws", "//ws", "/ws/", "/ws/."})
    void nobodyGetsInWithoutAUser(String path) throws Exception {
        assertNotEquals(101, handshake(path).status());
    }

    @Test
    void strangerIsAskedForAPassword() throws Exception {
        assertEquals(401, handshake("/ws").status());
    }

    @Test
    void userWithoutTheRoleIsRefused() throws Exception {
        assertEquals(403, handshake("/ws", basic("guest")).status());
    }

    @Test
    void memberGetsInAndTheConnectionKnowsTheName() throws Exception {
        try (RawClient client = RawClient.open(server.port(), "/ws", basic("ann"))) {
            assertEquals("ann", client.read().text());
        }
    }

    private Response handshake(String path, String... headers) throws Exception {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake(path, headers));
            return client.readResponse();
        }
    }

    private static String basic(String user) {
        byte[] credentials = (user + ":pass").getBytes(StandardCharsets.UTF_8);
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(credentials);
    }
}
