package io.twintrace.websocket.detect;

/**
 * The name of a connection in reports: {@code 1 (/chat)}.
 *
 * @param number counts up from 1, unique for each copy of the library in a virtual machine
 * @param path the path of the opening request, without the query
 */
public record ConnectionId(long number, String path) {
    @Override
    public String toString() {
        return number + " (" + path + ")";
    }
}
