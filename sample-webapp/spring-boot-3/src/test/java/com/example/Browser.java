package com.example;

import io.twintrace.websocket.testkit.JdkClient;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that logs in as a browser does: with the form, and a cookie from then on. */
final class Browser {
    private static final Pattern CSRF_TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager())
            .build();
    private final int port;

    private Browser(int port) {
        this.port = port;
    }

    static Browser loggedIn(int port, String user, String password) throws Exception {
        Browser browser = new Browser(port);
        browser.send("/login", "username=" + user + "&password=" + password);
        return browser;
    }

    void logOut() throws Exception {
        send("/logout", "");
    }

    JdkClient open(String path) throws Exception {
        return JdkClient.open(http, URI.create("ws://localhost:" + port + path));
    }

    /** Fills in and sends the form of a page. */
    private void send(String path, String fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        Matcher token = CSRF_TOKEN.matcher(
                http.send(request.build(), BodyHandlers.ofString()).body());
        if (!token.find()) {
            throw new IOException("no form on " + path);
        }
        HttpResponse<Void> answer = http.send(
                request.header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(
                                fields + "&_csrf=" + URLEncoder.encode(token.group(1), StandardCharsets.UTF_8)))
                        .build(),
                BodyHandlers.discarding());
        String next = answer.headers().firstValue("Location").orElse("");
        if (answer.statusCode() >= 400 || next.endsWith("?error")) {
            throw new IOException(path + " was answered with " + answer.statusCode() + " " + next);
        }
    }
}
