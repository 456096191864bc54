package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.fixture.ChannelTransport;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.PushPipe;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import io.twintrace.websocket.internal.engine.StoppableConnection;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.TaskThreads;
import io.twintrace.websocket.internal.io.Transport;
import jakarta.servlet.ServletContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Places for connections, and connections that come when their place is gone. */
class ConnectionsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration NONE_AT_ALL = Duration.ofNanos(1);
    private static final WebSocketHandler READS_TO_THE_END = connection -> {
        while (connection.readMessage() != null) {
            // The message is dropped.
        }
    };

    private final ServletContext context = mock(ServletContext.class);
    private Socket peer;
    private Upgraded upgraded;

    @BeforeEach
    void connect() throws IOException {
        peer = new Socket();
        upgraded = upgraded(peer, transport -> transport);
    }

    /** Connects a peer. */
    private static Upgraded upgraded(Socket peer, UnaryOperator<Transport> around) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            peer.setSoTimeout(10_000);
            peer.connect(listener.getLocalAddress());
            return new Upgraded(
                    around.apply(new ChannelTransport(listener.accept())),
                    new HandshakeRequest("GET", "HTTP/1.1", "/test", null, null, Map.of()),
                    new Accepted(Map.of(), Optional.empty(), Optional.empty()),
                    Map.of(),
                    null);
        }
    }

    @AfterEach
    void disconnect() throws IOException {
        upgraded.transport().close();
        peer.close();
    }

    /** Connections that one handler serves. */
    private static final class Served {
        private final Connections connections;
        private final Service service;

        Served(ServletContext context, WebSocketOptions options, WebSocketHandler handler) {
            this(new Application(context, "test"), options, handler);
        }

        Served(ServletContext context, WebSocketOptions options, WebSocketHandler handler, TaskThreads threads) {
            this(new Application(context, "test", threads), options, handler);
        }

        private Served(Application application, WebSocketOptions options, WebSocketHandler handler) {
            this(
                    application,
                    options,
                    new HandlerService(application, options, application.connections(options), handler));
        }

        Served(Application application, WebSocketOptions options, Service service) {
            this.connections = new Connections(application, options, "");
            this.service = service;
        }

        /** Returns null if there is no place. */
        Connections.Place admit() {
            return admitFrom(null) instanceof Connections.Place place ? place : null;
        }

        Admission admitFrom(String address) {
            return connections.admit(service, address);
        }

        CompletableFuture<Void> beginStop() {
            return connections.beginStop();
        }

        void join() {
            connections.join();
        }

        void stop() {
            connections.stop();
        }
    }

    private Served connections(WebSocketHandler handler, WebSocketOptions options) {
        return new Served(context, options, handler);
    }

    private static WebSocketOptions options(int maxConnections, Duration handshakeTimeout) {
        return WebSocketOptions.builder()
                .maxConnections(maxConnections)
                .handshakeTimeout(handshakeTimeout)
                .closeTimeout(Duration.ofMillis(300))
                .build();
    }

    @Test
    void theDisciplineOfTheOptionsIsDeclaredOnTheHandlersThread() throws Exception {
        CompletableFuture<Thread> handler = new CompletableFuture<>();
        CompletableFuture<BlockingConnection> served = new CompletableFuture<>();
        Served connections = connections(
                each -> {
                    served.complete(each);
                    each.writeMessage("the handler may");
                    handler.complete(Thread.currentThread());
                    each.readMessage();
                },
                WebSocketOptions.builder()
                        .writeDiscipline(each -> WriteDiscipline.confinedTo(Thread.currentThread()))
                        .build());
        connections.admit().start(upgraded);
        Thread thread = handler.get(10, TimeUnit.SECONDS);
        ConcurrentWriteException e =
                assertThrows(ConcurrentWriteException.class, () -> served.get().writeMessage("nobody else may"));
        assertTrue(e.report().discipline().contains("(#" + thread.getId() + ")"), e.getMessage());
    }

    @Test
    void aDisciplineThatCannotBeMadeClosesTheConnectionWith1011() throws Exception {
        Served connections = connections(
                READS_TO_THE_END,
                WebSocketOptions.builder()
                        .writeDiscipline(each -> {
                            throw new IllegalStateException("no lock");
                        })
                        .build());
        connections.admit().start(upgraded);
        byte[] frame = peer.getInputStream().readNBytes(18);
        byte[] close = new CloseStatus(1011, "handler failed").payload();
        assertArrayEquals(new byte[] {(byte) 0x88, (byte) close.length}, Arrays.copyOf(frame, 2));
        assertArrayEquals(close, Arrays.copyOfRange(frame, 2, frame.length));
    }

    @Test
    void placesAreLimitedAndTheLogSaysSoOnce() {
        Served connections = connections(READS_TO_THE_END, options(2, LONG));
        Connections.Place first = connections.admit();
        assertNotNull(connections.admit());
        assertNull(connections.admit());
        assertNull(connections.admit());
        first.giveBack();
        first.giveBack(); // without effect
        assertNotNull(connections.admit());
        assertNull(connections.admit());
        verify(context, times(1)).log(contains("2 connections are open, the limit set by init-param max-connections"));
    }

    private Served fromEachAddress(int most, Duration handshakeTimeout) {
        return connections(
                READS_TO_THE_END,
                options(10, handshakeTimeout).toBuilder()
                        .maxConnectionsPerAddress(most)
                        .retryAfter(Duration.ofSeconds(7))
                        .build());
    }

    @Test
    void placesOfOneAddressAreLimitedAndTheLogNamesIt() {
        Served connections = fromEachAddress(2, LONG);
        Connections.Place first = (Connections.Place) connections.admitFrom("192.0.2.1");
        assertInstanceOf(Connections.Place.class, connections.admitFrom("192.0.2.1"));
        for (int i = 0; i < 3; i++) {
            Refused refused = assertInstanceOf(Admission.Rejected.class, connections.admitFrom("192.0.2.1"))
                    .response();
            assertEquals(429, refused.status());
            assertEquals(Map.of("Retry-After", "7"), refused.headers());
        }
        assertInstanceOf(Connections.Place.class, connections.admitFrom("192.0.2.2"));
        first.giveBack();
        assertInstanceOf(Connections.Place.class, connections.admitFrom("192.0.2.1"));
        verify(context, times(1)).log(contains("from 192.0.2.1 with 429: 2 connections from there are open"));
    }

    @Test
    void placeOfAnAddressIsFreeAfterTheHandshakeTimeout() {
        Served connections = fromEachAddress(1, NONE_AT_ALL);
        assertInstanceOf(Connections.Place.class, connections.admitFrom("192.0.2.1"));
        assertInstanceOf(Connections.Place.class, connections.admitFrom("192.0.2.1"));
    }

    @Test
    void placeOfAnAddressIsFreeAfterItsConnectionHasEnded() throws Exception {
        Served connections = fromEachAddress(1, LONG);
        ((Connections.Place) connections.admitFrom("192.0.2.1")).start(upgraded);
        assertInstanceOf(Admission.Rejected.class, connections.admitFrom("192.0.2.1"));
        peer.close();
        assertInstanceOf(Connections.Place.class, eventually(() -> connections.admitFrom("192.0.2.1")));
    }

    @Test
    void placeOfAnAddressIsFreeAfterItsConnectionCouldNotStart() {
        Application application = new Application(context, "test");
        WebSocketOptions options =
                options(10, LONG).toBuilder().maxConnectionsPerAddress(1).build();
        Served connections = new Served(
                application,
                options,
                new ListenerService(
                        application, options, application.connections(options), new WebSocketListener() {}));
        Connections.Place place = (Connections.Place) connections.admitFrom("192.0.2.1");
        assertThrows(IllegalStateException.class, () -> place.start(upgraded)); // its transport reports no input
        assertInstanceOf(Connections.Place.class, connections.admitFrom("192.0.2.1"));
    }

    private static Admission eventually(Supplier<Admission> asking) {
        long begin = System.nanoTime();
        Admission answer = asking.get();
        while (answer instanceof Admission.Rejected && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(10)) {
            Thread.onSpinWait();
            answer = asking.get();
        }
        return answer;
    }

    @Test
    void aServerThatStopsRefusesWith503AndSaysWhenToComeAgain() {
        Served connections = fromEachAddress(1, LONG);
        CompletableFuture<Void> unused = connections.beginStop();
        Refused refused = assertInstanceOf(Admission.Rejected.class, connections.admitFrom("192.0.2.1"))
                .response();
        assertEquals(503, refused.status());
        assertEquals(Map.of("Retry-After", "7", "Connection", "close"), refused.headers());
    }

    @Test
    void placeIsFreeAfterTheHandshakeTimeoutIfNoSocketIsHandedOver() {
        Served connections = connections(READS_TO_THE_END, options(1, NONE_AT_ALL));
        assertNotNull(connections.admit());
        assertNotNull(connections.admit());
    }

    @Test
    void connectionThatComesAfterItsPlaceHasExpiredIsCutOff() throws Exception {
        Served connections = connections(READS_TO_THE_END, options(1, NONE_AT_ALL));
        Connections.Place late = connections.admit();
        assertNotNull(connections.admit());
        late.start(upgraded);
        assertEquals(-1, peer.getInputStream().read());
    }

    @Test
    void connectionThatComesWhileStoppingIsToldSo() throws Exception {
        Served connections = connections(READS_TO_THE_END, options(1, LONG));
        Connections.Place late = connections.admit();
        assertTrue(connections.beginStop().isDone(), "no handler runs");
        late.start(upgraded);
        byte[] frame = peer.getInputStream().readNBytes(4);
        assertArrayEquals(HexFormat.of().parseHex("03e9"), Arrays.copyOfRange(frame, 2, 4));
    }

    @Test
    void stoppingIsDoneWhenTheLastHandlerHasEnded() throws Exception {
        Served connections = connections(READS_TO_THE_END, options(1, LONG));
        connections.admit().start(upgraded);
        var stopped = connections.beginStop();
        peer.close();
        stopped.get(10, TimeUnit.SECONDS);
    }

    /** A transport that throws at its end. */
    private static final class Stubborn extends FilterTransport {
        private Stubborn(Transport inner) {
            super(inner);
        }

        @Override
        public void close() {
            super.close();
            throw new IllegalStateException("does not want to be closed");
        }
    }

    @Test
    void connectionThatCannotBeClosedKeepsNoOtherOneOpen() throws Exception {
        int pairs = 4;
        CountDownLatch served = new CountDownLatch(2 * pairs);
        ScarceThreads threads = new ScarceThreads(2 * pairs);
        Served connections = new Served(
                context,
                options(2 * pairs, LONG),
                connection -> {
                    served.countDown();
                    READS_TO_THE_END.handle(connection);
                },
                new TaskThreads("idle", 10_000, threads));
        List<Socket> peers = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            for (UnaryOperator<Transport> around : List.<UnaryOperator<Transport>>of(Stubborn::new, plain -> plain)) {
                Socket each = new Socket();
                peers.add(each);
                connections.admit().start(upgraded(each, around));
            }
        }
        assertTrue(served.await(10, TimeUnit.SECONDS));
        CompletableFuture<Void> drained = connections.beginStop();
        for (Socket each : peers) {
            assertEquals(0x88, each.getInputStream().read(), "no thread is needed to tell the peer");
            each.close();
        }
        drained.get(10, TimeUnit.SECONDS);
        verify(context, times(1)).log(contains("no thread for the end of WebSocket connections"));
    }

    /** The place becomes free a moment after the end of the connection. */
    private static Connections.Place eventuallyAdmitted(Served connections) {
        long begin = System.nanoTime();
        Connections.Place place = connections.admit();
        while (place == null && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(10)) {
            Thread.onSpinWait();
            place = connections.admit();
        }
        return place;
    }

    @Test
    void connectionIsClosedAlthoughItsLogThrows() throws Exception {
        NoClassDefFoundError noClass = new NoClassDefFoundError("cannot be loaded for want of a file descriptor");
        doThrow(noClass).when(context).log(anyString(), any());
        Served connections = connections(
                each -> {
                    throw new IllegalStateException("of the application");
                },
                options(1, LONG));
        connections.admit().start(upgraded);
        byte[] close = peer.getInputStream().readAllBytes(); // to the end of the connection
        assertEquals((byte) 0x88, close[0]);
        assertArrayEquals(HexFormat.of().parseHex("03f3"), Arrays.copyOfRange(close, 2, 4));
        assertNotNull(eventuallyAdmitted(connections), "its place is free");
    }

    /** Takes all output, and keeps it. */
    private static final class Sink extends PushPipe {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public int read(ByteBuffer into) {
            return 0;
        }

        @Override
        public void awaitInput() {
            // Nothing comes.
        }

        @Override
        public boolean tryWrite(ByteBuffer[] buffers) {
            for (ByteBuffer buffer : buffers) {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                received.writeBytes(bytes);
            }
            return true;
        }

        @Override
        public boolean startWrite(ByteBuffer buffer) {
            throw new UnsupportedOperationException("everything is taken at once");
        }

        @Override
        public boolean shutdownOutput() {
            return true;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    void connectionWithoutAThreadIsToldToComeLaterAndTheLogSaysSoOnce() throws Exception {
        int many = 50;
        Served connections = new Served(
                context, options(many, LONG), READS_TO_THE_END, new TaskThreads("idle", 1, new ScarceThreads(0)));
        List<Sink> sinks = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            Sink sink = new Sink();
            sinks.add(sink);
            connections.admit().start(new Upgraded(sink, upgraded.request(), upgraded.handshake(), Map.of(), null));
        }
        for (Sink sink : sinks) {
            assertTrue(sink.closed.await(10, TimeUnit.SECONDS));
            byte[] bytes = sink.received.toByteArray();
            assertArrayEquals(HexFormat.of().parseHex("03f5"), Arrays.copyOfRange(bytes, 2, 4));
        }
        verify(context, times(1)).log(contains("cannot start a thread for a WebSocket connection"));
        assertNotNull(eventuallyAdmitted(connections), "their places are free");
    }

    private void keepAttributes() {
        Map<String, Object> attributes = new ConcurrentHashMap<>();
        when(context.getAttribute(anyString())).thenAnswer(call -> attributes.get(call.<String>getArgument(0)));
        doAnswer(call -> attributes.put(call.getArgument(0), call.getArgument(1)))
                .when(context)
                .setAttribute(anyString(), any());
    }

    private Served joined(WebSocketHandler handler) {
        Served connections = connections(handler, options(10, LONG));
        connections.join();
        return connections;
    }

    /** The peers do not answer, whatever they read. */
    @Test
    void servletsOfOneApplicationStopTogether() throws Exception {
        keepAttributes();
        CountDownLatch served = new CountDownLatch(20);
        List<Served> servlets = new ArrayList<>();
        List<Socket> peers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Served connections = joined(connection -> {
                served.countDown();
                READS_TO_THE_END.handle(connection);
            });
            servlets.add(connections);
            peers.add(new Socket());
            connections.admit().start(upgraded(peers.get(i), transport -> transport));
        }
        assertTrue(served.await(10, TimeUnit.SECONDS));
        long begin = System.nanoTime();
        servlets.forEach(Served::stop);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        assertTrue(millis < 5_000, () -> millis + " ms for 20 close timeouts of 300 ms");
        for (Socket each : peers) {
            byte[] frame = each.getInputStream().readNBytes(4);
            assertArrayEquals(HexFormat.of().parseHex("03e9"), Arrays.copyOfRange(frame, 2, 4));
            each.close();
        }
    }

    /** The first one takes its time to begin, and all have a handler that nothing ends. */
    @Test
    void theyAreCutOffTogetherToo() throws Exception {
        keepAttributes();
        CountDownLatch served = new CountDownLatch(10);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch cutOff = new CountDownLatch(10);
        WebSocketHandler stubborn = connection -> {
            served.countDown();
            awaitWhatever(never, cutOff);
        };
        WebSocketOptions options = options(10, LONG);
        Served slow = connections(stubborn, options);
        List<Served> others =
                Stream.generate(() -> connections(stubborn, options)).limit(9).toList();
        List<Socket> peers = Stream.generate(Socket::new).limit(10).toList();
        try {
            slow.join();
            slow.admit().start(upgraded(peers.get(9), Slow::new));
            for (int i = 0; i < others.size(); i++) {
                others.get(i).join();
                others.get(i).admit().start(upgraded(peers.get(i), plain -> plain));
            }
            assertTrue(served.await(10, TimeUnit.SECONDS));
            long begin = System.nanoTime();
            slow.stop();
            assertTrue(cutOff.await(10, TimeUnit.SECONDS), "the first stop cuts off all");
            others.forEach(Served::stop);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertTrue(millis < 5_000, () -> millis + " ms, and twice 800 are enough");
        } finally {
            never.countDown();
            for (Socket each : peers) {
                each.close();
            }
        }
    }

    /** A transport to which each write takes a while. */
    private static final class Slow extends FilterTransport {
        private Slow(Transport inner) {
            super(inner);
        }

        @Override
        public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            return super.tryWrite(buffers);
        }
    }

    private static void awaitWhatever(CountDownLatch latch, CountDownLatch interrupts) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupts.countDown(); // a handler that nobody can stop
            }
        }
    }

    @Test
    void servletThatIsNotStoppedItselfServesOn() throws Exception {
        keepAttributes();
        Served stopped = joined(READS_TO_THE_END);
        CountDownLatch served = new CountDownLatch(1);
        Served other = joined(connection -> {
            served.countDown();
            READS_TO_THE_END.handle(connection);
        });
        stopped.stop();
        Connections.Place place = other.admit();
        assertNotNull(place);
        place.start(upgraded);
        assertTrue(served.await(10, TimeUnit.SECONDS));
        peer.setSoTimeout(100);
        assertThrows(SocketTimeoutException.class, () -> peer.getInputStream().read());
        other.stop();
        assertEquals(0x88, peer.getInputStream().read());
    }

    /** Each thread but the first waits for the gate. */
    @Test
    void connectionIsClosedOnceHoweverOftenClosingBegins() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch served = new CountDownLatch(1);
        AtomicInteger threads = new AtomicInteger();
        ThreadFactory factory = task -> {
            boolean first = threads.getAndIncrement() == 0;
            return new Thread(() -> {
                try {
                    if (first || gate.await(10, TimeUnit.SECONDS)) {
                        task.run();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        };
        Served connections = new Served(
                context,
                options(1, LONG),
                connection -> {
                    served.countDown();
                    READS_TO_THE_END.handle(connection);
                },
                new TaskThreads("idle", 10_000, factory));
        connections.admit().start(upgraded);
        assertTrue(served.await(10, TimeUnit.SECONDS));
        CompletableFuture<Void> unused = connections.beginStop();
        CompletableFuture<Void> drained = connections.beginStop();
        assertEquals(2, threads.get(), "the handler's, and one that closes");
        gate.countDown();
        peer.close();
        drained.get(10, TimeUnit.SECONDS);
    }

    /** The thread has read that the servlet is not stopping. */
    @Test
    void connectionThatOpensJustBeforeTheStopDoesNotTakeTheBoundAway() {
        OpenConnections open = new OpenConnections(new Application(context, "test"), options(1, LONG), "");
        open.beginClose(System.nanoTime(), Deadlines.NONE);
        open.serveOn();
        assertTrue(Deadlines.remaining(open.closedBy()) < TimeUnit.SECONDS.toNanos(1));
        open.cutOff();
        open.serveOn();
        assertTrue(Deadlines.remaining(open.cutBy()) < TimeUnit.SECONDS.toNanos(1));
    }

    /** A connection that cannot be counted, and keeps which other methods are called. */
    private static StoppableConnection uncountable(List<String> calls) {
        return (StoppableConnection) Proxy.newProxyInstance(
                StoppableConnection.class.getClassLoader(),
                new Class<?>[] {StoppableConnection.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "hashCode" -> 1;
                    case "equals" -> proxy == args[0];
                    case "meter" -> throw new OutOfMemoryError("made by hand");
                    default -> {
                        calls.add(method.getName());
                        throw new AssertionError(method);
                    }
                });
    }

    @Test
    void aConnectionThatCannotBeOpenedIsNoLongerOneOfTheOpenOnes() {
        Application application = new Application(context, "test");
        WebSocketOptions options = options(1, LONG);
        List<String> calls = new ArrayList<>();
        Served connections =
                new Served(application, options, new HandlerService(application, options, null, READS_TO_THE_END) {
                    @Override
                    void start(
                            Upgraded ignored,
                            Consumer<WebSocketConnection> opened,
                            Consumer<WebSocketConnection> over) {
                        opened.accept(uncountable(calls));
                    }
                });
        Connections.Place place = connections.admit();
        assertThrows(OutOfMemoryError.class, () -> place.start(upgraded));
        assertTrue(connections.beginStop().isDone());
        assertEquals(List.of(), calls, "nothing is left to close");
        WebSocketTotals totals = application.meter().totals(each -> {});
        assertEquals(1, totals.opened());
        assertEquals(0, totals.open());
    }

    @Test
    void aConnectionIsCountedAsOpenUntilItsCountsAreInTheSums() throws Exception {
        Application application = new Application(context, "test");
        CountDownLatch mayWrite = new CountDownLatch(1);
        Served connections = new Served(application, options(1, LONG), each -> {
            mayWrite.await();
            each.writeMessage("hello");
        });
        connections.admit().start(upgraded);
        WebSocketTotals meanwhile = application.meter().totals(each -> {
            mayWrite.countDown();
            awaitEnd(connections); // after the sums of ended connections were read
        });
        assertEquals(List.of(1L, 1, 0L), List.of(meanwhile.opened(), meanwhile.open(), meanwhile.messagesSent()));
        WebSocketTotals afterwards = application.meter().totals(each -> {});
        assertEquals(List.of(1L, 0, 1L), List.of(afterwards.opened(), afterwards.open(), afterwards.messagesSent()));
    }

    private void awaitEnd(Served connections) {
        try {
            assertEquals(
                    "81 05",
                    HexFormat.ofDelimiter(" ").formatHex(peer.getInputStream().readNBytes(2)));
            connections.beginStop().get(10, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatFailsAtTheEndKeepsNothingInTheApplication() {
        keepAttributes();
        Served served = joined(READS_TO_THE_END);
        served.connections.onRelease(() -> {
            throw new IllegalStateException("of the container");
        });
        assertThrows(IllegalStateException.class, served::stop);
        verify(context).removeAttribute(ContextConnections.class.getName());
    }
}
