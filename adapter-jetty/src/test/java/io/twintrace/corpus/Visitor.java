package io.twintrace.corpus;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that reads and counts all messages on its own thread. */
final class Visitor implements AutoCloseable {
    private static final int PONG = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RawClient client;
    private final AtomicInteger messages = new AtomicInteger();
    private volatile boolean ended;
    private volatile String question;
    private volatile String reply;

    private Visitor(RawClient client) {
        this.client = client;
    }

    static Visitor open(int port, String path, String... headers) throws IOException {
        Visitor visitor = new Visitor(RawClient.open(port, path, headers));
        Thread thread = new Thread(visitor::read, "visitor");
        thread.setDaemon(true);
        thread.start();
        return visitor;
    }

    /** Any number of threads, one after another. */
    void send(String text) throws IOException {
        client.send(RawClient.text(text));
    }

    /** Sends the one text from now on, whenever the other comes. */
    void replyTo(String text, String withText) {
        reply = withText;
        question = text;
    }

    /**
     * Asks the same again and again, until so many messages have come in all or the server has closed the connection.
     *
     * @param times how many requests are sent before the next look at the messages
     * @param answers how many messages each request brings at least
     */
    void ask(String text, int times, int answers, int messages) throws Exception {
        while (messages() < messages && !ended) {
            int expected = messages() + times * answers;
            for (int i = 0; i < times && !ended; i++) {
                send(text);
            }
            await(expected);
        }
    }

    /** How many messages have come. */
    int messages() {
        return messages.get();
    }

    /** Whether the server has closed the connection. */
    boolean hasEnded() {
        return ended;
    }

    /** Waits until so many messages have come in all, or the server has closed the connection. */
    void await(int total) throws Exception {
        int last = messages();
        while (last < total && !ended) { // however long it takes on a busy machine
            int before = last;
            last = Await.until("one more of " + total, PATIENCE, this::messages, seen -> seen > before || ended);
        }
    }

    private void read() {
        try {
            while (!ended) {
                RawClient.Frame frame = client.read();
                if (frame.opcode() == RawClient.CLOSE) {
                    ended = true;
                    client.send(RawClient.close(frame.closeCode()));
                } else if (frame.opcode() == RawClient.PING) {
                    client.send(RawClient.frame(PONG, frame.payload()));
                } else if (frame.fin() && frame.opcode() < RawClient.CLOSE) {
                    messages.incrementAndGet();
                    if (question != null && question.equals(frame.text())) {
                        client.send(RawClient.text(reply));
                    }
                }
            }
        } catch (IOException e) {
            ended = true;
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
