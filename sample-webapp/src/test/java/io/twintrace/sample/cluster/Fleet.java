package io.twintrace.sample.cluster;

import io.twintrace.websocket.testkit.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** All clients of a test: members that listen, and senders. */
final class Fleet implements AutoCloseable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** So that not all connect at once. */
    private static final long STAGGER_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Scale scale;
    private final EventLoop loop = new EventLoop();
    private final Tally tally = new Tally();
    private final List<Member> members = new ArrayList<>();
    private final List<Sender> senders = new ArrayList<>();

    /**
     * Creates the clients, half of them for each face of the node.
     *
     * @param addresses where they connect, in turn
     */
    Fleet(List<InetSocketAddress> addresses, Scale scale) throws IOException {
        this.scale = scale;
        for (int i = 0; i < scale.members(); i++) {
            members.add(new Member(loop, tally, addresses, i, Member.Kind.MEMBER, scale.messages()));
        }
        for (int i = 0; i < Scale.SENDERS; i++) {
            senders.add(new Sender(loop, tally, addresses, i, scale));
        }
    }

    private Stream<Member> all() {
        return Stream.concat(members.stream(), senders.stream());
    }

    Tally tally() {
        return tally;
    }

    /** Connects all, and waits until all are in the room. */
    void join() throws Exception {
        loop.execute(() -> {
            List<Member> each = all().toList();
            for (int i = 0; i < each.size(); i++) {
                loop.after(i * STAGGER_NANOS, each.get(i)::connect);
            }
        });
        await("all to join", Duration.ofSeconds(60), () -> tally.synced.get() >= scale.all());
    }

    /** The senders begin. */
    void send() {
        loop.execute(() -> {
            senders.forEach(Sender::begin);
            tick();
            if (Scale.isLarge()) {
                progress();
            }
        });
    }

    private void tick() {
        senders.forEach(Sender::tick);
        loop.after(TICK_NANOS, this::tick);
    }

    private void progress() {
        System.out.println(tally.complete + " of " + scale.all() + " complete: " + tally);
        loop.after(PROGRESS_NANOS, this::progress);
    }

    /** Waits until a part of all deliveries is done. */
    void awaitDelivered(double part) throws Exception {
        long expected = (long) (part * scale.all() * scale.allMessages());
        await(expected + " deliveries", Duration.ofMinutes(4), () -> tally.deliveries.get() >= expected);
    }

    /** Waits until everybody has everything. Then makes sure that nothing comes after that. */
    void awaitAll() throws Exception {
        await("everything", Duration.ofMinutes(4), () -> tally.complete.get() == scale.all());
        long before = tally.synced.get();
        loop.execute(() -> all().forEach(Member::sync));
        await("the answers behind it", Duration.ofSeconds(60), () -> tally.synced.get() >= before + scale.all());
        check();
    }

    private void await(String what, Duration patience, Callable<Boolean> condition) throws Exception {
        Await.until(
                what,
                patience,
                () -> condition.call()
                        || !tally.failures().isEmpty()
                        || loop.failure().isPresent(),
                done -> done);
        check();
    }

    private void check() {
        loop.failure().ifPresent(why -> {
            throw new AssertionError("the clients' thread has ended", why);
        });
        if (!tally.failures().isEmpty()) {
            throw new AssertionError(
                    String.join(System.lineSeparator(), tally.failures()) + System.lineSeparator() + tally);
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
