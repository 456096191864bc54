package io.twintrace.websocket.redis;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.exceptions.JedisAccessControlException;

/** Where Redis is, and how to log in. Its text has no secrets. */
final class RedisAddress {
    private static final int DEFAULT_PORT = 6379;
    private static final String ENCODE =
            "special characters of the password must be percent-encoded, such as %2F for a slash";

    private final String host;
    private final int port;
    private final boolean tls;
    private final int database;
    private final Optional<String> user;
    private final Optional<String> password;

    /**
     * Reads a URI.
     *
     * @throws IllegalArgumentException if it names no Redis; the text has nothing of the user and the password
     */
    RedisAddress(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("redis") && !scheme.equals("rediss")) {
            throw new IllegalArgumentException("the scheme of the Redis URI is \"" + scheme
                    + "\", but must be redis, or rediss for TLS, such as redis://localhost:6379");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "the Redis URI has no host; it must be like redis://user:password@host:6379/0; " + ENCODE);
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("the Redis URI has a question mark or a number sign; " + ENCODE);
        }
        host = uri.getHost();
        port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        tls = scheme.equals("rediss");
        database = database(uri.getPath());
        String login = uri.getRawUserInfo();
        int colon = login == null ? -1 : login.indexOf(':');
        user = part(login == null ? "" : login.substring(0, Math.max(colon, 0)));
        password = part(login == null ? "" : login.substring(colon + 1));
    }

    /**
     * Reads the text of a URI.
     *
     * @throws IllegalArgumentException if it names no Redis; neither the text nor a cause has anything of the URI
     */
    static RedisAddress parse(String text) {
        if (text == null) {
            throw new IllegalArgumentException("the Redis URI is null, but must be such as redis://localhost:6379");
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "the Redis URI is not valid at index " + e.getIndex() + ": " + e.getReason() + "; " + ENCODE);
        }
        return new RedisAddress(uri);
    }

    private static int database(String path) {
        if (path == null || path.isEmpty() || path.equals("/")) {
            return 0;
        }
        try {
            return Integer.parseUnsignedInt(path.substring(1));
        } catch (NumberFormatException e) {
            // Neither text nor cause: this may be the rest of a password with a slash.
            throw new IllegalArgumentException(
                    "the path of the Redis URI is not the number of a database, such as /0; " + ENCODE);
        }
    }

    /** A plus sign is itself here, unlike in a form. */
    private static Optional<String> part(String raw) {
        return Optional.of(URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8))
                .filter(text -> !text.isEmpty());
    }

    HostAndPort hostAndPort() {
        return new HostAndPort(host, port);
    }

    JedisClientConfig config(RedisOptions options) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .resp2()
                .connectionTimeoutMillis((int) options.connectTimeout().toMillis())
                .socketTimeoutMillis((int) options.readTimeout().toMillis())
                .database(database)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        user.ifPresent(config::user);
        password.ifPresent(config::password);
        if (tls) {
            config.sslOptions(
                    SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build());
        }
        return config.build();
    }

    /** {@return an exception that says what to do, without the password, which Redis may have put into its answer} */
    IOException describe(Throwable why) {
        StringBuilder reasons = new StringBuilder();
        String last = "";
        Throwable each = why;
        for (int depth = 0; each != null && depth < 10; depth++) {
            String reason = each.getMessage() == null ? each.getClass().getSimpleName() : each.getMessage();
            if (!last.contains(reason)) {
                reasons.append(reasons.isEmpty() ? "" : ": ").append(reason);
                last = reason;
            }
            each = next(each);
        }
        boolean login = reasons.indexOf("NOPERM") < 0
                && (why instanceof JedisAccessControlException || reasons.indexOf("NOAUTH") >= 0);
        String text = (login ? "cannot log in to Redis at " : "cannot use Redis at ") + this + ": " + reasons
                + (login ? "; check the user and the password in the URI" : "");
        if (password.isPresent() && text.contains(password.get())) {
            return new IOException(text.replace(password.get(), "***"));
        }
        return new IOException(text, why);
    }

    /** Jedis suppresses the reasons why none of the host's addresses could be reached. */
    private static Throwable next(Throwable each) {
        return each.getCause() == null && each.getSuppressed().length > 0 ? each.getSuppressed()[0] : each.getCause();
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
