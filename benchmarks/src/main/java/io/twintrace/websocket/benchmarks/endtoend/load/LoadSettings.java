package io.twintrace.websocket.benchmarks.endtoend.load;

import java.util.HashMap;
import java.util.Map;

/**
 * What the load generator is told, in options with a value each.
 *
 * @param mode echo, broadcast, handshake or idle: see {@link Load}
 * @param port where the server listens on the loopback interface
 * @param path of the request
 * @param pid of the server, for its CPU time; 0 for none
 * @param conns how many connections there are at a time
 * @param size bytes of payload
 * @param depth messages in flight: of each connection, or of the one that broadcasts
 * @param rate messages a second over all connections, due at their time whatever the server does; 0 for a closed loop
 * @param deflate whether to offer permessage-deflate, and to send JSON
 * @param utf8 whether to send text that is not ASCII, where it is not compressed
 * @param warmup seconds before the measurement
 * @param seconds of the measurement
 */
record LoadSettings(
        String mode,
        int port,
        String path,
        long pid,
        int conns,
        int size,
        int depth,
        double rate,
        boolean deflate,
        boolean utf8,
        double warmup,
        double seconds) {

    /** The first argument is the mode. */
    static LoadSettings parse(String[] args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i + 1 < args.length; i += 2) {
            values.put(args[i], args[i + 1]);
        }
        return new LoadSettings(
                args[0],
                Integer.parseInt(values.get("--port")),
                values.getOrDefault("--path", "/echo"),
                Long.parseLong(values.getOrDefault("--pid", "0")),
                Integer.parseInt(values.getOrDefault("--conns", "64")),
                Integer.parseInt(values.getOrDefault("--size", "125")),
                Integer.parseInt(values.getOrDefault("--depth", "1")),
                Double.parseDouble(values.getOrDefault("--rate", "0")),
                Boolean.parseBoolean(values.getOrDefault("--deflate", "false")),
                Boolean.parseBoolean(values.getOrDefault("--utf8", "false")),
                Double.parseDouble(values.getOrDefault("--warmup", "2")),
                Double.parseDouble(values.getOrDefault("--seconds", "5")));
    }
}
