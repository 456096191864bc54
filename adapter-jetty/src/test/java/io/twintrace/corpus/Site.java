package io.twintrace.corpus;

import io.twintrace.websocket.jetty.CapturedLog;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** An embedded Jetty with one application, and its visitors. */
final class Site implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final CapturedLog log = new CapturedLog();
    private final List<Visitor> visitors = new ArrayList<>();
    private final Application application;

    private Site(Application application) {
        this.application = application;
    }

    static Site running(Application application) throws Exception {
        Site site = new Site(application);
        ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
        context.setLogger(site.log);
        application.deploy(context);
        site.server.addConnector(site.connector);
        site.server.setHandler(context);
        site.server.setStopTimeout(2000);
        site.server.start();
        return site;
    }

    /** Uses the application so that it writes so many messages, and returns how many have arrived. */
    int use(int writes) throws Exception {
        int before = visitors.stream().mapToInt(Visitor::messages).sum();
        application.use(this, writes);
        return visitors.stream().mapToInt(Visitor::messages).sum() - before;
    }

    /** The output of {@code ServletContext.log}. */
    String log() {
        return log.text();
    }

    /** Connects a client that reads and counts messages from now on. {@code headers} are whole lines. */
    Visitor visit(String path, String... headers) throws IOException {
        Visitor visitor = Visitor.open(connector.getLocalPort(), path, headers);
        visitors.add(visitor);
        return visitor;
    }

    /** Sends a POST and waits for the answer. */
    HttpResponse<String> post(String path, String body) throws Exception {
        URI uri = URI.create("http://localhost:" + connector.getLocalPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        try {
            for (Visitor visitor : visitors) {
                visitor.close();
            }
            application.stop();
            server.stop();
        } catch (Exception e) {
            throw new AssertionError("the site did not stop", e);
        }
    }
}
