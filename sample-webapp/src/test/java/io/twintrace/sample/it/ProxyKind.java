package io.twintrace.sample.it;

import io.twintrace.sample.it.ReverseProxy.Listing;
import java.util.function.UnaryOperator;

/** Each proxy that docs/operations.md describes. */
enum ProxyKind {
    HAPROXY("timeout tunnel 90s") {
        @Override
        ReverseProxy start(UnaryOperator<Listing> change, int one, int two) throws Exception {
            return ReverseProxy.haproxy(change.apply(ReverseProxy.listing("haproxy")), one, two);
        }
    },
    NGINX("proxy_read_timeout 90s") {
        @Override
        ReverseProxy start(UnaryOperator<Listing> change, int one, int two) throws Exception {
            return ReverseProxy.nginx(change.apply(ReverseProxy.listing("nginx")), one, two);
        }
    };

    private final String tunnelTimeout;

    ProxyKind(String tunnelTimeout) {
        this.tunnelTimeout = tunnelTimeout;
    }

    abstract ReverseProxy start(UnaryOperator<Listing> change, int one, int two) throws Exception;

    ReverseProxy start(int one, int two) throws Exception {
        return start(UnaryOperator.identity(), one, two);
    }

    /** Cuts quiet WebSockets after five seconds in place of 90. */
    ReverseProxy startImpatient(int one, int two) throws Exception {
        return start(listing -> listing.with(tunnelTimeout, tunnelTimeout.replace("90s", "5s")), one, two);
    }
}
