package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What all modes have in common: opening connections, the phases, and counting what goes wrong. */
abstract class Load implements Client.Owner {
    private static final int OPENING_AT_A_TIME = 64;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
    private static final long CLOSING = TimeUnit.SECONDS.toNanos(3);
    private static final int COMPLAINTS = 8;

    protected final LoadSettings settings;
    protected final ClientLoop loop;
    protected final Meter meter;
    protected final List<Client> clients = new ArrayList<>();

    /** Nothing more is asked for. */
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

    /** From the first connection to the last. The line for standard output. */
    abstract String run() throws IOException;

    final long errors() {
        return errors;
    }

    /** The messages of the connection with that number. */
    protected Payload payload(int number) {
        return documents != null
                ? documents.startingAt(number)
                : new NumberedText(number, settings.size(), settings.utf8());
    }

    /** Opens all connections, or complains. Whether it has. */
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

    /** Warm-up, measurement, and what is still on its way. */
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
                error("not everything that was sent has come back");
                return;
            }
        }
    }

    /** By the closing handshake, so that no server has anything to complain of; within a bound. */
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

    /** May send; how many milliseconds it is until it wants to again. */
    protected long beforePoll(long now) {
        return 10;
    }

    protected boolean isWaiting() {
        return clients.stream().anyMatch(client -> client.isOpen() && client.outstanding() > 0);
    }

    /** Connects in a place where nothing may be thrown. */
    protected final Client connectAgain(Payload payload) {
        try {
            return loop.connect(payload, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
