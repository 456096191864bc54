package io.twintrace.websocket.internal.stream;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The containers whose sockets need more than {@code HttpServletRequest.upgrade} offers. A container that cannot use it at
 * all needs a {@code SocketHandover} instead.
 */
final class Containers {
    private Containers() {}

    /**
     * Finds out which container a connection comes from.
     *
     * @param log receives a message for the operator if the container withholds something that this library needs
     */
    static ContainerSocket socketOf(WebConnection connection, ServletInputStream in, Consumer<String> log)
            throws IOException {
        if (TomcatSocket.isTomcat(in)) {
            return TomcatSocket.of(connection, in, log);
        }
        if (UndertowSocket.isUndertow(connection)) {
            return UndertowSocket.of(connection, log);
        }
        return new StandardSocket(connection, Pause.NONE);
    }
}
