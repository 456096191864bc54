package io.twintrace.sample.it;

import io.twintrace.websocket.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** How the sample is deployed once more in place of itself, while the server runs on. */
enum Redeployment {
    TOMCAT {
        @Override
        SampleServer start() throws Exception {
            return startManaged(Servers.tomcatBase("tomcat-redeploy"), "tomcat-redeploy");
        }

        @Override
        void redeploy(SampleServer server) throws Exception {
            throughTomcatsManager(server);
        }
    },
    TOMCAT_10 {
        @Override
        SampleServer start() throws Exception {
            return startManaged(Servers.tomcat10Base("tomcat10-redeploy"), "tomcat10-redeploy");
        }

        @Override
        void redeploy(SampleServer server) throws Exception {
            throughTomcatsManager(server);
        }
    },
    JETTY_EE10 {
        @Override
        SampleServer start() throws Exception {
            return Servers.jettyHomeWithScanner("jetty-ee10-redeploy", Servers.WAR, "http,ee10-deploy");
        }

        @Override
        void redeploy(SampleServer server) throws Exception {
            byJettysScanner(server);
        }
    },
    JETTY_EE11 {
        @Override
        SampleServer start() throws Exception {
            return Servers.jettyHomeWithScanner("jetty-ee11-redeploy", Servers.WAR, "http,ee11-deploy");
        }

        @Override
        void redeploy(SampleServer server) throws Exception {
            byJettysScanner(server);
        }
    },
    UNDERTOW {
        @Override
        SampleServer start() throws Exception {
            return Servers.undertow("undertow-redeploy", Servers.WAR);
        }

        @Override
        void redeploy(SampleServer server) throws Exception {
            int before = count(server.log(), UndertowMain.REDEPLOYED);
            server.process().tell(UndertowMain.REDEPLOY);
            Await.until(name(), server::log, log -> count(log, UndertowMain.REDEPLOYED) > before);
        }

        @Override
        Optional<String> keepers() {
            return Optional.of("^\"XNIO-1 task-");
        }
    },
    /** By WildFly's deployment scanner, which waits for this file. */
    WILDFLY {
        private static final String REPLACED = "WFLYSRV0016: ";

        @Override
        SampleServer start() throws Exception {
            return Servers.wildFly("wildfly-redeploy", Servers.WAR);
        }

        @Override
        void redeploy(SampleServer server) throws Exception {
            int before = count(server.log(), REPLACED);
            Path deployments = server.process().directory().resolve("deployments");
            Files.createFile(deployments.resolve("sample-webapp.war.dodeploy"));
            Await.until(name(), server::log, log -> count(log, REPLACED) > before);
        }

        @Override
        Optional<String> keepers() {
            return Optional.of("^\"default task-");
        }
    };

    /** The second line of a start, after which the servlets are there. */
    private static final String JETTY_STARTED = "ServletContextHandler:[^\\n]*Started [^\\n]*WebAppContext";

    abstract SampleServer start() throws Exception;

    /**
     * The container's own idle threads, each of which may keep an earlier application: XNIO starts its workers while
     * an application's class loader is the current one, and they hold their last task until they get another.
     */
    Optional<String> keepers() {
        return Optional.empty();
    }

    /** Waits for the new application. */
    abstract void redeploy(SampleServer server) throws Exception;

    private static SampleServer startManaged(TomcatBase base, String name) throws Exception {
        return base.deploy(Servers.WAR).manager().start(name);
    }

    private static void throughTomcatsManager(SampleServer server) throws Exception {
        URI deploy = URI.create("http://localhost:" + server.port()
                + "/manager/text/deploy?path=/sample-webapp&update=true&war=" + Servers.WAR.toUri());
        String user = TomcatBase.MANAGER_USER + ":" + TomcatBase.MANAGER_PASSWORD;
        HttpRequest request = HttpRequest.newBuilder(deploy)
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.US_ASCII)))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        if (!response.body().startsWith("OK - Deployed application")) {
            throw new IOException(response.statusCode() + ": " + response.body());
        }
    }

    private static void byJettysScanner(SampleServer server) throws Exception {
        int before = count(server.log(), JETTY_STARTED);
        Path war = server.process().directory().resolve(Servers.JETTY_WAR);
        Files.setLastModifiedTime(war, FileTime.from(Instant.now()));
        Await.until("Jetty to redeploy", server::log, log -> count(log, JETTY_STARTED) > before);
    }

    private static int count(String text, String pattern) {
        return text.split(pattern, -1).length - 1;
    }
}
