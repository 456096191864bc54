package io.twintrace.gallery.jakarta;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;

/** Adds the endpoints, once the container's own initializer has run. In a WAR the container finds it. */
@WebListener
public final class GalleryDeployment implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServerContainer container =
                (ServerContainer) event.getServletContext().getAttribute(ServerContainer.class.getName());
        try {
            for (ServerEndpointConfig config : GalleryEndpoint.configs()) {
                container.addEndpoint(config);
            }
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
    }
}
