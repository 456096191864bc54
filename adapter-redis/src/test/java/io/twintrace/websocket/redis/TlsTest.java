package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.redis.fixture.Messages;
import io.twintrace.websocket.redis.fixture.Recorder;
import io.twintrace.websocket.redis.fixture.RedisServer;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With rediss, Redis needs a certificate that this JVM trusts, for the host of the URI. */
class TlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path directory;

    private final Recorder recorder = new Recorder();
    private RedisServer redis;
    private int port;

    @BeforeEach
    void start() throws Exception {
        Path store = directory.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD,
                        "-alias",
                        "redis",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost")
                .inheritIO()
                .start();
        assertEquals(0, keytool.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path certificate = pem("CERTIFICATE", keys.getCertificate("redis").getEncoded());
        Path key =
                pem("PRIVATE KEY", keys.getKey("redis", PASSWORD.toCharArray()).getEncoded());
        port = RedisServer.freePort();
        redis = RedisServer.start(
                "--tls-port",
                "" + port,
                "--tls-cert-file",
                certificate.toString(),
                "--tls-key-file",
                key.toString(),
                "--tls-ca-cert-file",
                certificate.toString(),
                "--tls-auth-clients",
                "no");
        Path trusted = directory.resolve("trusted.p12");
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("redis", keys.getCertificate("redis"));
        try (var out = Files.newOutputStream(trusted)) {
            trust.store(out, PASSWORD.toCharArray());
        }
        System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
        System.setProperty("javax.net.ssl.trustStore", trusted.toString());
    }

    private Path pem(String kind, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                directory.resolve(kind + ".pem"),
                "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    @AfterEach
    void stop() throws Exception {
        System.clearProperty("javax.net.ssl.trustStore");
        System.clearProperty("javax.net.ssl.trustStorePassword");
        if (redis != null) {
            redis.close();
        }
    }

    private RedisBackplane connect(String host) {
        return RedisBackplane.connect(URI.create("rediss://" + host + ":" + port));
    }

    private void isRefused(RedisBackplane backplane, String reason) {
        backplane.open("room", 0, recorder);
        recorder.await("disconnected", each -> each.disconnections.size() == 1);
        String text = recorder.disconnections.get(0).getMessage();
        assertTrue(text.contains(reason), text);
    }

    @Test
    void aTrustedCertificateIsAccepted() {
        try (RedisBackplane one = connect("localhost")) {
            one.open("room", 0, recorder).publish(Messages.text("a"));
            recorder.awaitMessages(1);
        }
    }

    @Test
    void aCertificateForAnotherHostIsNot() {
        try (RedisBackplane one = connect("127.0.0.1")) {
            isRefused(one, "127.0.0.1");
        }
    }

    @Test
    void aCertificateThatNobodyTrustsIsNot() {
        System.clearProperty("javax.net.ssl.trustStore");
        try (RedisBackplane one = connect("localhost")) {
            isRefused(one, "PKIX path building failed");
        }
    }
}
