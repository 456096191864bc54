package io.twintrace.agent.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Tomcat's manager, which deploys and undeploys while Tomcat runs. */
final class TomcatManager {
    private static final String USER = "tester";
    private static final String PASSWORD = "on-loopback-only";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ContainerProcess process;

    TomcatManager(ContainerProcess process) {
        this.process = process;
    }

    /** Adds it to a Tomcat that has not been started yet, with a user for it. */
    static void addTo(StockContainer tomcat, Path base) throws IOException {
        Path descriptors = Files.createDirectories(base.resolve("conf/Catalina/localhost"));
        Files.writeString(
                descriptors.resolve("manager.xml"),
                "<Context docBase=\"" + tomcat.home().resolve("webapps/manager") + "\" privileged=\"true\"/>");
        Files.writeString(base.resolve("conf/tomcat-users.xml"), """
                <tomcat-users xmlns="http://tomcat.apache.org/xml" version="1.0">
                  <user username="%s" password="%s" roles="manager-script"/>
                </tomcat-users>
                """.formatted(USER, PASSWORD));
    }

    /** Returns once the application has started. */
    void deploy(String path, Path war) throws Exception {
        execute("deploy?path=" + path + "&war=" + war.toUri(), "OK - Deployed application");
    }

    /** Returns once the application has stopped. */
    void undeploy(String path) throws Exception {
        execute("undeploy?path=" + path, "OK - Undeployed application");
    }

    private void execute(String command, String expected) throws Exception {
        URI uri = process.uri("/manager/text/" + command);
        String credentials = USER + ":" + PASSWORD;
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri.toString().replaceFirst("^ws:", "http:")))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.US_ASCII)))
                .build();
        HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
        if (!response.body().startsWith(expected)) {
            throw new IOException(response.statusCode() + ": " + response.body());
        }
    }
}
