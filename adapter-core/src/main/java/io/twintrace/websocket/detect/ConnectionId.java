package io.twintrace.websocket.detect;

/**
 * The name of a connection in reports: {@code 1 (/chat)}.
 *
 * @param number counts up from 1, unique for each copy of the library in a virtual machine
 * @param path the path of the opening request, without the query
 */
public record ConnectionId(long number, String path) {
    private static final int MAX_PLAIN_PATH = 100;

    /**
     * Shortens a path for reports and logs.
     *
     * @param path as the client wrote it, without the query
     * @return at most 100 characters plus "...", and no path parameters, because these may contain a session identifier
     */
    public static String plainPath(String path) {
        String plain = path.indexOf(';') < 0 ? path : path.replaceAll(";[^/]*", "");
        return plain.length() <= MAX_PLAIN_PATH ? plain : plain.substring(0, MAX_PLAIN_PATH) + "...";
    }

    @Override
    public String toString() {
        return number + " (" + path + ")";
    }
}
