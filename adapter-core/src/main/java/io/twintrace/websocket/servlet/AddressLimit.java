package io.twintrace.websocket.servlet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits the connections from one address. Remembers only addresses that have a connection. Safe for use by any thread.
 */
final class AddressLimit {
    /** Half of an IPv6 address, which is what one customer of a provider has at least. */
    private static final int PREFIX_BYTES = 8;

    private static final int IPV6_BYTES = 16;

    private final int limit;
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    /** @param limit 0 for no limit */
    AddressLimit(int limit) {
        this.limit = limit;
    }

    int limit() {
        return limit;
    }

    /**
     * Returns what connections of this address are counted by: the address, or for IPv6 its prefix of 64 bits. Never
     * asks the DNS.
     *
     * @param address as the container tells it, which may be anything that a proxy has sent; may be null
     * @return null if the address is not counted
     */
    String key(String address) {
        if (limit == 0 || address == null || address.isBlank()) {
            return null; // such as that of a Unix socket
        }
        String host = withoutPort(address.strip());
        return host.indexOf(':') < 0 ? RefusalLog.printable(host) : prefix(host);
    }

    private static String withoutPort(String address) {
        if (address.startsWith("[")) {
            int end = address.indexOf(']');
            return address.substring(1, end < 0 ? address.length() : end);
        }
        int colon = address.indexOf(':');
        return colon >= 0 && colon == address.lastIndexOf(':') ? address.substring(0, colon) : address;
    }

    private static String prefix(String host) {
        int zone = host.indexOf('%');
        try {
            // Between brackets nothing but an address is valid, so that no name is looked up.
            byte[] bytes = InetAddress.getByName('[' + (zone < 0 ? host : host.substring(0, zone)) + ']')
                    .getAddress();
            if (bytes.length < IPV6_BYTES) { // IPv4 in the form of IPv6
                return InetAddress.getByAddress(bytes).getHostAddress();
            }
            StringBuilder prefix = new StringBuilder();
            for (int i = 0; i < PREFIX_BYTES; i += 2) {
                prefix.append(Integer.toHexString((bytes[i] & 0xFF) << 8 | (bytes[i + 1] & 0xFF)))
                        .append(':');
            }
            return prefix.append(":/64").toString();
        } catch (UnknownHostException e) {
            return RefusalLog.printable(host);
        }
    }

    /** Counts one more connection. Returns false, and does not count it, if the limit is reached. */
    boolean take(String key) {
        if (key == null) {
            return true;
        }
        if (counts.merge(key, 1, Integer::sum) > limit) {
            giveBack(key);
            return false;
        }
        return true;
    }

    /** Counts one more connection, whatever the limit is. */
    void takeAnyway(String key) {
        if (key != null) {
            counts.merge(key, 1, Integer::sum);
        }
    }

    void giveBack(String key) {
        if (key != null) {
            counts.computeIfPresent(key, (unused, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Returns how many addresses have a connection. */
    int addresses() {
        return counts.size();
    }
}
