package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A limit for each address counts clients behind a proxy, in a container that is set up as docs/operations.md says. */
class ForwardedAddressIT {
    enum Kind {
        JETTY_HOME {
            @Override
            SampleServer start(Path war) throws Exception {
                return Servers.jettyHome("jetty-home-forwarded", war, "http,http-forwarded,ee10-deploy");
            }
        },
        TOMCAT {
            @Override
            SampleServer start(Path war) throws Exception {
                String valve = "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\""
                        + " protocolHeader=\"X-Forwarded-Proto\"/>";
                return Servers.tomcatBase("tomcat-forwarded")
                        .valve(valve)
                        .deploy(war)
                        .start("tomcat-forwarded");
            }
        };

        abstract SampleServer start(Path war) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void eachClientIsCountedByItsOwnAddress(Kind kind) throws Exception {
        Path war = Wars.changed("war-forwarded", root -> {
            Wars.addServlet(root, "/one", RoundTripHandler.class, Map.of("max-connections-per-address", "1"));
            Wars.addServlet(root, "/two", RoundTripListener.class, Map.of("max-connections-per-address", "1"));
        });
        try (SampleServer server = kind.start(war)) {
            try (ReverseProxy proxy = ProxyKind.HAPROXY.start(
                    listing -> listing.with("/chat", server.path("/chat")), server.port(), server.port())) {
                oneConnectionForEach(proxy, server.path("/one"));
            }
            try (ReverseProxy proxy = ProxyKind.NGINX.start(server.port(), server.port())) {
                oneConnectionForEach(proxy, server.path("/two"));
            }
        }
    }

    private static void oneConnectionForEach(ReverseProxy proxy, String path) throws IOException {
        try (RawClient first = connect(proxy, "127.0.0.2");
                RawClient second = connect(proxy, "127.0.0.3");
                RawClient again = connect(proxy, "127.0.0.2")) {
            first.upgrade(path, "Origin: http://localhost");
            second.upgrade(path, forged(1));
            again.send(RawClient.handshake(path, forged(2)));
            assertEquals(429, again.readResponse().status());
        }
    }

    /** What a client sends that wants to be counted as somebody else. */
    private static String[] forged(int n) {
        return new String[] {
            "X-Forwarded-For: 203.0.113." + n, "Forwarded: for=198.51.100." + n, "X-Forwarded-Host: evil.example"
        };
    }

    /** From another address of this machine. */
    private static RawClient connect(ReverseProxy proxy, String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
        return new RawClient(socket);
    }
}
