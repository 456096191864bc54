package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The base class of all modes: opens connections, runs the phases, and counts errors. */
abstract class Load implements Client.Owner {
    private static final int OPENING_AT_A_TIME = 64;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
    private static final long CLOSING = TimeUnit.SECONDS.toNanos(3);
    private static final int COMPLAINTS = 8;

    protected final LoadSettings settings;
    protected final ClientLoop loop;
    protected final Meter meter;
    protected final List<Client> clients = new ArrayList<>();

    /** Whether to send nothing more. */
    protected boolean over;

    private final JsonDocuments documents;
    private int opened;
    private long errors;

    Load(LoadSettings settings, ClientLoop loop) {
        this.settings = settings;
        this.loop = loop;
        this.meter = new Meter(settings.pid());
        this.documents = settings.deflate() ? new JsonDocuments(settings.size()) : null;
    }

    /** Runs from the first connection to the last. Returns the line for standard output. */
    abstract String run() throws IOException;

    final long errors() {
        return errors;
    }

    /** Returns the messages of the connection with this number. */
    protected Payload payload(int number) {
        return documents != null
                ? documents.startingAt(number)
                : new NumberedText(number, settings.size(), settings.utf8(), settings.binary());
    }

    /** Opens all connections, or reports an error. Returns whether it has succeeded. */
    protected final boolean openAll(int count) throws IOException {
        opened = 0;
        long deadline = System.nanoTime() + PATIENCE;
        int first = clients.size();
        while (opened < count && errors == 0) {
            while (clients.size() - first < count && clients.size() - first - opened < OPENING_AT_A_TIME) {
                clients.add(loop.connect(payload(clients.size()), this));
            }
            loop.poll(1);
            if (System.nanoTime() - deadline > 0) {
                error("only " + opened + " of " + count + " connections were opened in time");
            }
        }
        return errors == 0;
    }

    @Override
    public void opened(Client client) {
        opened++;
    }

    @Override
    public void closed(Client client) {}

    @Override
    public void failed(Client client, IOException why) {
        error(why.toString());
    }

    protected final void error(String what) {
        if (++errors <= COMPLAINTS) {
            System.err.println("load: " + what);
        }
    }

    /** Runs the warm-up and the measurement, and waits for outstanding messages. */
    protected final void measure() throws IOException {
        pollFor(settings.warmup());
        meter.begin();
        pollFor(settings.seconds());
        meter.end();
        over = true;
        long deadline = System.nanoTime() + PATIENCE;
        while (isWaiting()) {
            loop.poll(10);
            if (System.nanoTime() - deadline > 0) {
                error("some messages have not come back");
                return;
            }
        }
    }

    /** Closes all connections with the closing handshake, so that no server logs an error. Waits a limited time. */
    final void closeAll() throws IOException {
        over = true;
        List.copyOf(clients).forEach(Client::close);
        long deadline = System.nanoTime() + CLOSING;
        while (!loop.isEmpty() && System.nanoTime() - deadline < 0) {
            loop.poll(10);
        }
    }

    private void pollFor(double seconds) throws IOException {
        long deadline = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        for (long now; (now = System.nanoTime()) - deadline < 0; ) {
            loop.poll(beforePoll(now));
        }
    }

    /** Sends messages if they are due. Returns the milliseconds until the next one. */
    protected long beforePoll(long now) {
        return 10;
    }

    protected boolean isWaiting() {
        return clients.stream().anyMatch(client -> client.isOpen() && client.outstanding() > 0);
    }

    /** Connects, for callers that may throw no checked exception. */
    protected final Client connectAgain(Payload payload) {
        try {
            return loop.connect(payload, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
