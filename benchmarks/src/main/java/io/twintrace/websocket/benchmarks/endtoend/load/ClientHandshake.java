package io.twintrace.websocket.benchmarks.endtoend.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** The client's side of an opening handshake (RFC 6455, section 4.1). */
final class ClientHandshake {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int LONGEST_RESPONSE = 8192;
    private static final int KEY_LENGTH = 16;
    private static final String END = "\r\n\r\n";

    private final String key;
    private final boolean deflate;
    private final StringBuilder response = new StringBuilder(256);

    ClientHandshake(boolean deflate) {
        byte[] random = new byte[KEY_LENGTH];
        ThreadLocalRandom.current().nextBytes(random);
        this.key = Base64.getEncoder().encodeToString(random);
        this.deflate = deflate;
    }

    byte[] request(int port, String path) {
        String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + key
                + (deflate ? "\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits" : "") + END;
        return request.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads bytes up to the end of the response. Returns whether it has reached the end. */
    boolean read(ByteBuffer in) throws WrongReply {
        while (in.hasRemaining()) {
            response.append((char) (in.get() & 0xFF));
            int start = response.length() - END.length();
            if (start >= 0 && response.indexOf(END, start) >= 0) {
                check();
                return true;
            }
            WrongReply.unless(response.length() < LONGEST_RESPONSE, "an endless handshake response");
        }
        return false;
    }

    /** Returns whether the server may use context takeover. */
    boolean serverContextTakeover() {
        return !header("sec-websocket-extensions").contains("server_no_context_takeover");
    }

    private void check() throws WrongReply {
        WrongReply.unless(response.indexOf("HTTP/1.1 101") == 0, "no upgrade: " + response.substring(0, 12));
        WrongReply.unless(header("sec-websocket-accept").equals(accept()), "a wrong Sec-WebSocket-Accept");
        boolean agreed = header("sec-websocket-extensions").startsWith("permessage-deflate");
        WrongReply.unless(agreed == deflate, "permessage-deflate was " + (agreed ? "not offered" : "not accepted"));
    }

    /** Returns a header's value, or an empty string if there is none. */
    private String header(String name) {
        return response.toString()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElse("");
    }

    private String accept() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
