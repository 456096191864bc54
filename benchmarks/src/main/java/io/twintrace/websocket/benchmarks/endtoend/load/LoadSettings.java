package io.twintrace.websocket.benchmarks.endtoend.load;

import java.util.HashMap;
import java.util.Map;

/**
 * The options of the load generator, each with a value.
 *
 * @param mode echo, broadcast, handshake or idle: see {@link Load}
 * @param port where the server listens on the loopback interface
 * @param path the path of the request
 * @param pid the server's process id, for its CPU time; 0 for none
 * @param conns the number of simultaneous connections
 * @param size the bytes of payload
 * @param depth messages in flight: of each connection, or of the one that broadcasts
 * @param messages how many messages each connection sends before it idles
 * @param rate messages a second over all connections, due on time whatever the server does; 0 for a closed loop
 * @param deflate whether to offer permessage-deflate, and to send JSON
 * @param utf8 whether to send text that is not ASCII, if it is not compressed
 * @param binary whether to send binary messages, if they are not compressed
 * @param silent how many more connections read nothing
 * @param warmup the seconds before the measurement
 * @param seconds the seconds of the measurement
 */
record LoadSettings(
        String mode,
        int port,
        String path,
        long pid,
        int conns,
        int size,
        int depth,
        int messages,
        double rate,
        boolean deflate,
        boolean utf8,
        boolean binary,
        int silent,
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
                Integer.parseInt(values.getOrDefault("--messages", "1")),
                Double.parseDouble(values.getOrDefault("--rate", "0")),
                Boolean.parseBoolean(values.getOrDefault("--deflate", "false")),
                Boolean.parseBoolean(values.getOrDefault("--utf8", "false")),
                Boolean.parseBoolean(values.getOrDefault("--binary", "false")),
                Integer.parseInt(values.getOrDefault("--silent", "0")),
                Double.parseDouble(values.getOrDefault("--warmup", "2")),
                Double.parseDouble(values.getOrDefault("--seconds", "5")));
    }
}
