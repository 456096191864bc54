package io.twintrace.agent.it;

import java.net.URI;
import java.time.Duration;

/** A member that speaks STOMP, counts what comes to its two subscriptions, and the server's heartbeats. */
final class StompClient implements AutoCloseable {
    private static final String END = "\0";
    private static final String PROBE = "probe";
    private static final Duration TO_CONNECT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_PROBES = Duration.ofMillis(100);

    private final Member member;

    /** These six are guarded by the member's lock. */
    private boolean isConnected;

    private boolean isSubscribedToAll;
    private boolean isSubscribedToOwn;
    private int broadcasts;
    private int answers;
    private int heartbeats;

    private StompClient(URI uri) throws Exception {
        member = Member.join(uri, this::read);
    }

    /** Connects, and sends both subscriptions, which the broker may see later. */
    static StompClient connect(URI uri) throws Exception {
        StompClient client = new StompClient(uri);
        // It promises a heartbeat every 10 s, and begins to send before they are due. It wants one every 10 ms.
        client.member.send("CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:10000,10\n\n" + END);
        if (!client.member.await(TO_CONNECT, () -> client.isConnected)) {
            throw new AssertionError("not connected");
        }
        client.member.send("SUBSCRIBE\nid:0\ndestination:/topic/all\n\n" + END);
        client.member.send("SUBSCRIBE\nid:1\ndestination:/user/queue/own\n\n" + END);
        return client;
    }

    void send(String destination, String body) {
        member.send("SEND\ndestination:" + destination + "\ncontent-type:text/plain\n\n" + body + END);
    }

    /** Sends broadcasts and questions, which do not count, until one of each comes back. */
    void awaitSubscriptions() throws InterruptedException {
        do {
            send("/app/all", PROBE);
            send("/app/own", PROBE);
        } while (!member.await(BETWEEN_PROBES, () -> isSubscribedToAll && isSubscribedToOwn));
    }

    private void read(String frame) {
        if (frame.equals("\n")) {
            heartbeats++;
        } else if (frame.startsWith("MESSAGE\n")) {
            boolean isToAll = frame.contains("\nsubscription:0\n");
            if (frame.endsWith(PROBE + END)) {
                isSubscribedToAll |= isToAll;
                isSubscribedToOwn |= !isToAll;
            } else if (isToAll) {
                broadcasts++;
            } else {
                answers++;
            }
        } else if (frame.startsWith("CONNECTED\n")) {
            isConnected = true;
        } else {
            throw new AssertionError("unexpected: " + frame);
        }
    }

    /** Waits for both numbers of messages, and returns whether they come in time. */
    boolean awaitMessages(Duration patience, int theBroadcasts, int theAnswers) throws InterruptedException {
        return member.await(patience, () -> broadcasts >= theBroadcasts && answers >= theAnswers);
    }

    /** Waits for a heartbeat after those that have come. */
    boolean awaitHeartbeat(Duration patience) throws InterruptedException {
        int[] before = {Integer.MAX_VALUE};
        return member.await(patience, () -> {
            before[0] = Math.min(before[0], heartbeats);
            return heartbeats > before[0];
        });
    }

    @Override
    public void close() {
        member.close();
    }
}
