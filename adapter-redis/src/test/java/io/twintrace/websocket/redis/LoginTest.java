package io.twintrace.websocket.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.redis.fixture.Eventually;
import io.twintrace.websocket.redis.fixture.LogLines;
import io.twintrace.websocket.redis.fixture.Messages;
import io.twintrace.websocket.redis.fixture.Recorder;
import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.room.Backplane.Channel;
import io.twintrace.websocket.room.Presence;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The URI, the login and TLS. */
class LoginTest {
    private static final Path PAGE = Path.of("../docs/redis.md");

    /** The read timeout is so long that no slow answer disconnects. */
    private static final RedisOptions OPTIONS = RedisOptions.defaults()
            .withHeartbeat(Duration.ofMillis(200), Duration.ofMillis(800))
            .withReadTimeout(Duration.ofSeconds(20))
            .withMaxBackoff(Duration.ofMillis(200));

    @TempDir
    private Path directory;

    private final Recorder recorder = new Recorder();

    private static URI login(RedisServer redis, String scheme, String login) {
        return URI.create(scheme + "://" + login + "@localhost:" + redis.port() + "/0");
    }

    private void works(URI uri) {
        try (RedisBackplane one = RedisBackplane.connect(uri, OPTIONS);
                RedisBackplane two = RedisBackplane.connect(uri, OPTIONS)) {
            Recorder other = new Recorder();
            two.open("room", 5, other);
            Channel channel = one.open("room", 5, recorder);
            channel.publish(Messages.text("a"));
            channel.announce(new Presence("ann", one.node(), ""));
            channel.announce(new Presence("bob", one.node(), ""));
            channel.withdraw("bob");
            recorder.awaitMessages(1);
            other.await("ann", each -> each.present.containsKey("ann"));
            // Several heartbeats.
            recorder.never("fails", Duration.ofSeconds(1), each -> !each.disconnections.isEmpty());
            channel.close();
            other.await("ann leaves", each -> each.present.isEmpty());
        }
    }

    @Test
    void aPasswordAlone() throws Exception {
        try (RedisServer redis = RedisServer.start("--requirepass", "s3cret+/:@ü")) {
            works(login(redis, "redis", ":s3cret+%2F%3A%40%C3%BC"));
        }
    }

    /** The page says which commands a user needs, and this user has no others. */
    @Test
    void aUserWithTheRightsOfThePage() throws Exception {
        String rule = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("user twintrace "))
                .findFirst()
                .orElseThrow();
        Path file = Files.writeString(directory.resolve("users.acl"), "user default off\n" + rule + "\n");
        try (RedisServer redis = RedisServer.start("--aclfile", file.toString())) {
            works(login(redis, "redis", "twintrace:secret"));
        }
    }

    @Test
    void aWrongPasswordIsSaidButNotShown() throws Exception {
        try (LogLines log = new LogLines();
                RedisServer redis = RedisServer.start("--requirepass", "right");
                RedisBackplane one = RedisBackplane.connect(login(redis, "redis", ":wr0ng"), OPTIONS)) {
            one.open("room", 0, recorder);
            recorder.await("disconnected", each -> each.disconnections.size() == 1);
            StringWriter all = new StringWriter();
            recorder.disconnections.get(0).printStackTrace(new PrintWriter(all, true));
            String text = recorder.disconnections.get(0).getMessage();
            assertTrue(text.startsWith("cannot log in to Redis at localhost:" + redis.port() + ": WRONGPASS"), text);
            assertTrue(text.endsWith("check the user and the password in the URI"), text);
            assertFalse(all.toString().contains("wr0ng"), all::toString);
            Eventually.await("log", () -> !log.lines().isEmpty()); // a room that is opened now may be told before
            assertFalse(log.lines().toString().contains("wr0ng"));
            assertEquals(1, log.lines().size());
        }
    }

    /** Servers that do not know a command repeat its arguments. */
    @Test
    void aPasswordThatTheServerRepeatsIsNotShown() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                RedisBackplane one = RedisBackplane.connect(
                        URI.create("redis://:wr0ng@localhost:" + server.getLocalPort()), OPTIONS)) {
            one.open("room", 0, recorder);
            try (Socket client = server.accept()) {
                client.getOutputStream()
                        .write("-ERR unknown command `AUTH`, with args beginning with: `wr0ng`,\r\n".getBytes(UTF_8));
                recorder.await("disconnected", each -> each.disconnections.size() == 1);
            }
            StringWriter all = new StringWriter();
            recorder.disconnections.get(0).printStackTrace(new PrintWriter(all, true));
            assertTrue(all.toString().contains("unknown command"), all::toString);
            assertFalse(all.toString().contains("wr0ng"), all::toString);
        }
    }

    @Test
    void aMissingRightIsNotTakenForAWrongPassword() throws Exception {
        String rule = "user twintrace on >secret ~twintrace:* +xadd +pexpire +hset +hget\n";
        Path file = Files.writeString(directory.resolve("users.acl"), "user default off\n" + rule);
        try (RedisServer redis = RedisServer.start("--aclfile", file.toString());
                RedisBackplane one = RedisBackplane.connect(login(redis, "redis", "twintrace:secret"), OPTIONS)) {
            one.open("room", 0, recorder);
            recorder.await("disconnected", each -> each.disconnections.size() == 1);
            String text = recorder.disconnections.get(0).getMessage();
            assertTrue(text.startsWith("cannot use Redis at localhost:" + redis.port() + ": NOPERM"), text);
            assertTrue(text.contains("'watch'"), text);
            assertFalse(text.contains("check the user and the password"), text);
        }
    }

    @Test
    void aMissingPasswordIsSaid() throws Exception {
        try (RedisServer redis = RedisServer.start("--requirepass", "right");
                RedisBackplane one = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            one.open("room", 0, recorder);
            recorder.await("disconnected", each -> each.disconnections.size() == 1);
            String text = recorder.disconnections.get(0).getMessage();
            assertTrue(text.contains("NOAUTH") && text.contains("check the user and the password"), text);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://user:s3cret@localhost, 'the scheme of the Redis URI is \"http\"'",
        "redis://user:s3cret@local_host, the Redis URI has no host",
        "redis:localhost, the Redis URI has no host",
        "localhost:6379, 'the scheme of the Redis URI is \"localhost\"'",
        "redis://user:s3cret@localhost/first, the path of the Redis URI is not the number of a database",
        "redis://user:12/s3cret@localhost:6379/0, the path of the Redis URI is not the number of a database",
        "redis://user:s3cret/s3cret@localhost:6379/0, the Redis URI has no host",
        "redis://user:12?s3cret@localhost:6379/0, the Redis URI has a question mark",
        "redis://user:12#s3cret@localhost:6379/0, the Redis URI has a question mark or a number sign"
    })
    void aUriThatIsNoneIsRefusedWithoutItsSecrets(String uri, String text) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> RedisBackplane.connect(URI.create(uri), OPTIONS));
        assertTrue(refusal.getMessage().startsWith(text), refusal::getMessage);
        assertHidden(refusal);
    }

    @ParameterizedTest
    @CsvSource({
        "redis://user:s3cret^s3cret@localhost, the Redis URI is not valid at index",
        "redis://user:s3cret%s3cret@localhost, the Redis URI is not valid at index",
        "redis://user:12/s3cret@localhost:6379/0, the path of the Redis URI is not the number of a database"
    })
    void aTextThatIsNoUriIsRefusedWithoutItsSecrets(String uri, String text) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> RedisBackplane.connect(uri, OPTIONS));
        assertTrue(refusal.getMessage().startsWith(text), refusal::getMessage);
        assertHidden(refusal);
    }

    private static void assertHidden(Throwable thrown) {
        StringWriter all = new StringWriter();
        thrown.printStackTrace(new PrintWriter(all, true));
        assertFalse(all.toString().contains("s3cret"), all::toString);
    }

    @Test
    void nothingListensThere() throws Exception {
        RedisServer redis = RedisServer.start();
        redis.close();
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            one.open("room", 0, recorder);
            recorder.await("disconnected", each -> each.disconnections.size() == 1);
            String text = recorder.disconnections.get(0).getMessage();
            assertTrue(text.startsWith("cannot use Redis at localhost:" + redis.port()), text);
            assertTrue(text.contains("Connection refused"), text);
        }
    }
}
