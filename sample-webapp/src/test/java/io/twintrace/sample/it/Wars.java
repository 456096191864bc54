package io.twintrace.sample.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Copies of the sample's WAR with something changed. */
final class Wars {
    private Wars() {}

    /** A change to the unpacked WAR. */
    @FunctionalInterface
    interface Change {
        void apply(Path root) throws IOException;
    }

    /** A changed copy, in a directory of its own. */
    static Path changed(String name, Change change) throws IOException {
        Path war = Servers.directory(name).resolve("sample-webapp.war");
        Files.copy(Servers.WAR, war);
        try (FileSystem files = FileSystems.newFileSystem(war)) {
            change.apply(files.getPath("/"));
        }
        return war;
    }

    /** A copy with these classes in which the server scans for annotations. */
    static Path withAnnotated(String name, Class<?>... added) throws IOException {
        return changed(name, root -> {
            for (Class<?> one : added) {
                add(root, one);
            }
            Path webXml = root.resolve("WEB-INF/web.xml");
            String declared = Files.readString(webXml);
            Files.writeString(webXml, declared.replace("metadata-complete=\"true\"", "metadata-complete=\"false\""));
        });
    }

    /** Adds a handler or listener to web.xml. */
    static void addServlet(Path root, String path, Class<?> handler) throws IOException {
        addServlet(root, path, handler, Map.of());
    }

    /** The same, with more init-params. */
    static void addServlet(Path root, String path, Class<?> handler, Map<String, String> params) throws IOException {
        add(root, handler);
        StringBuilder all = new StringBuilder(param("handler", handler.getName()));
        params.forEach((name, value) -> all.append(param(name, value)));
        declare(root, path, "io.twintrace.websocket.servlet.UpgradeServlet", all.toString());
    }

    private static String param(String name, String value) {
        return """
                    <init-param>
                      <param-name>%s</param-name>
                      <param-value>%s</param-value>
                    </init-param>
                """.formatted(name, value);
    }

    /** Adds a servlet of any kind to web.xml, and classes that it uses. */
    static void addPlainServlet(Path root, String path, Class<?> servlet, Class<?>... used) throws IOException {
        add(root, servlet);
        for (Class<?> one : used) {
            add(root, one);
        }
        declare(root, path, servlet.getName(), "");
    }

    private static void declare(Path root, String path, String servlet, String params) throws IOException {
        Path webXml = root.resolve("WEB-INF/web.xml");
        String added = """
                  <servlet>
                    <servlet-name>%1$s</servlet-name>
                    <servlet-class>%2$s</servlet-class>
                    %3$s
                    <load-on-startup>1</load-on-startup>
                  </servlet>
                  <servlet-mapping>
                    <servlet-name>%1$s</servlet-name>
                    <url-pattern>%1$s</url-pattern>
                  </servlet-mapping>
                </web-app>""".formatted(path, servlet, params.strip());
        Files.writeString(webXml, Files.readString(webXml).replace("</web-app>", added));
    }

    private static void add(Path root, Class<?> added) throws IOException {
        copyClass(added, root.resolve("WEB-INF/classes"));
    }

    /** Copies the class file alone, to where a class path has this directory. */
    static void copyClass(Class<?> copied, Path directory) throws IOException {
        String file = copied.getName().replace('.', '/') + ".class";
        Path target = directory.resolve(file);
        Files.createDirectories(target.getParent());
        try (InputStream in = copied.getClassLoader().getResourceAsStream(file)) {
            Files.copy(in, target);
        }
    }
}
