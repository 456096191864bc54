package io.twintrace.sample.it;

import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.api.MimeMapping;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.api.ServletInfo;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EventListener;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** An unpacked WAR in Undertow, which reads no web.xml by itself: this reads as much of it as the sample uses. */
final class UndertowWar {
    private final URLClassLoader loader;
    private final PathResourceManager files;
    private final DeploymentManager deployment;
    private final HttpHandler handler;

    private UndertowWar(
            URLClassLoader loader, PathResourceManager files, DeploymentManager deployment, HttpHandler handler) {
        this.loader = loader;
        this.files = files;
        this.deployment = deployment;
        this.handler = handler;
    }

    static UndertowWar deploy(Path root) throws Exception {
        URLClassLoader loader = loader(root);
        PathResourceManager files = new PathResourceManager(root);
        DeploymentInfo info = Servlets.deployment()
                .setClassLoader(loader)
                .setContextPath("/")
                .setDeploymentName("sample")
                .setResourceManager(files);
        for (ServletContainerInitializer each : ServiceLoader.load(ServletContainerInitializer.class, loader)) {
            info.addServletContainerInitializer(new ServletContainerInitializerInfo(each.getClass(), Set.of()));
        }
        Element webXml = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(root.resolve("WEB-INF/web.xml").toFile())
                .getDocumentElement();
        for (Element listener : children(webXml, "listener")) {
            Class<?> type = loader.loadClass(text(listener, "listener-class"));
            info.addListener(Servlets.listener(type.asSubclass(EventListener.class)));
        }
        addFilters(webXml, info, loader);
        addServlets(webXml, info, loader);
        for (Element mapping : children(webXml, "mime-mapping")) {
            info.addMimeMapping(new MimeMapping(text(mapping, "extension"), text(mapping, "mime-type")));
        }
        for (Element list : children(webXml, "welcome-file-list")) {
            info.addWelcomePage(text(list, "welcome-file"));
        }
        DeploymentManager deployment = Servlets.newContainer().addDeployment(info);
        deployment.deploy();
        return new UndertowWar(loader, files, deployment, deployment.start());
    }

    HttpHandler handler() {
        return handler;
    }

    /** Destroys the servlets, which waits for their handlers. */
    void undeploy() throws ServletException, IOException {
        deployment.stop();
        deployment.undeploy();
        files.close(); // or a thread that watches the files keeps the whole application
        loader.close();
    }

    private static URLClassLoader loader(Path root) throws IOException {
        List<URL> urls = new ArrayList<>();
        urls.add(root.resolve("WEB-INF/classes/").toUri().toURL());
        try (Stream<Path> jars = Files.list(root.resolve("WEB-INF/lib"))) {
            for (Path jar : jars.toList()) {
                urls.add(jar.toUri().toURL());
            }
        }
        return new URLClassLoader("sample", urls.toArray(new URL[0]), UndertowWar.class.getClassLoader());
    }

    private static void addFilters(Element webXml, DeploymentInfo info, ClassLoader loader)
            throws ClassNotFoundException {
        for (Element filter : children(webXml, "filter")) {
            Class<?> type = loader.loadClass(text(filter, "filter-class"));
            info.addFilter(new FilterInfo(text(filter, "filter-name"), type.asSubclass(Filter.class)));
        }
        for (Element mapping : children(webXml, "filter-mapping")) {
            info.addFilterUrlMapping(
                    text(mapping, "filter-name"), text(mapping, "url-pattern"), DispatcherType.REQUEST);
        }
    }

    private static void addServlets(Element webXml, DeploymentInfo info, ClassLoader loader)
            throws ClassNotFoundException {
        for (Element each : children(webXml, "servlet")) {
            Class<?> type = loader.loadClass(text(each, "servlet-class"));
            ServletInfo servlet = new ServletInfo(text(each, "servlet-name"), type.asSubclass(Servlet.class));
            for (Element param : children(each, "init-param")) {
                servlet.addInitParam(text(param, "param-name"), text(param, "param-value"));
            }
            if (!children(each, "load-on-startup").isEmpty()) {
                servlet.setLoadOnStartup(Integer.valueOf(text(each, "load-on-startup")));
            }
            info.addServlet(servlet);
        }
        for (Element mapping : children(webXml, "servlet-mapping")) {
            info.getServlets().get(text(mapping, "servlet-name")).addMapping(text(mapping, "url-pattern"));
        }
    }

    private static List<Element> children(Element parent, String name) {
        NodeList nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(node -> node.getNodeName().equals(name))
                .map(Element.class::cast)
                .toList();
    }

    private static String text(Element parent, String name) {
        return children(parent, name).get(0).getTextContent().strip();
    }
}
