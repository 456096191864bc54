package io.twintrace.websocket.jetty;

import io.twintrace.websocket.servlet.UpgradeServlet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Deployment descriptors for tests. */
public final class WebXml {
    private WebXml() {}

    /** Writes a web.xml with that content. */
    public static void write(Path webApp, String content) throws IOException {
        Path file = webApp.resolve("WEB-INF/web.xml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
            %s
            </web-app>
            """.formatted(content));
    }

    /** The library's servlet on /ws; init-params are names and values in turn. */
    public static String servlet(String... initParams) {
        StringBuilder params = new StringBuilder();
        for (int i = 0; i < initParams.length; i += 2) {
            params.append("<init-param><param-name>")
                    .append(initParams[i])
                    .append("</param-name><param-value>")
                    .append(initParams[i + 1])
                    .append("</param-value></init-param>");
        }
        return """
            <servlet>
              <servlet-name>ws</servlet-name>
              <servlet-class>%s</servlet-class>
              %s
              <load-on-startup>1</load-on-startup>
            </servlet>
            <servlet-mapping><servlet-name>ws</servlet-name><url-pattern>/ws</url-pattern></servlet-mapping>
            """.formatted(UpgradeServlet.class.getName(), params);
    }
}
