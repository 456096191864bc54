package io.twintrace.guarded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.guard.GuardMode;
import io.twintrace.websocket.guard.Guarded;
import io.twintrace.websocket.guard.SessionGuards;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.OutputStream;
import java.io.Writer;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class GuardedTest {
    /** A call that may throw. */
    private interface Call {
        void run() throws Exception;
    }

    private final GuardLog log = new GuardLog();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Engine engine = new Engine();
    private final Session session = mock(Session.class);

    @BeforeEach
    void begin() {
        log.begin();
        when(session.getBasicRemote()).thenReturn(engine);
        when(session.isOpen()).thenReturn(true);
        when(session.getRequestURI()).thenReturn(URI.create("ws://localhost/quotes?token=secret"));
    }

    @AfterEach
    void end() throws Exception {
        thread.shutdownNow();
        assertTrue(thread.awaitTermination(10, TimeUnit.SECONDS));
        log.end();
    }

    private Future<?> pushPrices(Call call) {
        return thread.submit(() -> {
            call.run();
            return null;
        });
    }

    private void pushNews(Call call) throws Exception {
        call.run();
    }

    /** Has the first call not return before the second one has. */
    private Future<?> overlap(Call first, Call second) throws Exception {
        CountDownLatch isInside = new CountDownLatch(1);
        CountDownLatch mayGo = new CountDownLatch(1);
        engine.duringCall = () -> {
            engine.duringCall = () -> {};
            isInside.countDown();
            awaitUnchecked(mayGo);
        };
        Future<?> prices = pushPrices(first);
        isInside.await();
        try {
            pushNews(second);
        } finally {
            mayGo.countDown();
        }
        return prices;
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void bothMethodsAreNamedAndNothingElseChanges() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        overlap(() -> remote.sendText("price"), () -> remote.sendText("news")).get();
        assertEquals(List.of("price", "news"), engine.calls);
        String entry = log.only();
        assertTrue(
                entry.matches(
                        "Concurrent write to WebSocket connection [0-9]+ \\(/quotes\\): \\S*GuardedTest\\S*\\(GuardedTest"
                                + "\\.java:[0-9]+\\) on thread .*called RemoteEndpoint\\.sendText while \\S*GuardedTest\\S* on thread .*"
                                + " was in RemoteEndpoint\\.sendText\\. .*only reported.*existing-applications\\.md.*"),
                entry);
        assertTrue(List.of(log.entries().get(0).getThrown().getStackTrace())
                .toString()
                .contains("GuardedTest.pushNews"));
        assertTrue(List.of(log.entries().get(0).getThrown().getCause().getStackTrace())
                .toString()
                .contains("GuardedTest"));
    }

    @Test
    void aPathCanNeitherForgeALineNorTellTheSessionNorFillTheLog() throws Exception {
        String path = "/quotes%0AERROR;jsessionid=secret/";
        when(session.getRequestURI()).thenReturn(URI.create("ws://localhost" + path + "x".repeat(1000)));
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        overlap(() -> remote.sendText("price"), () -> remote.sendText("news")).get();
        String shown = "/quotes%0AERROR/" + "x".repeat(84) + "...";
        assertTrue(log.only().contains(" (" + shown + "): "), log.only());
    }

    @Test
    void furtherOverlapsAreCounted() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        long before = SessionGuards.further();
        for (int i = 0; i < 3; i++) {
            overlap(() -> remote.sendText("price"), () -> remote.sendText("news"))
                    .get();
        }
        log.only();
        assertEquals(2, SessionGuards.further() - before);
        assertEquals(6, engine.calls.size());
    }

    @Test
    void bothCallsFailIfThatIsWanted() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session, GuardMode.FAIL).getBasicRemote();
        CountDownLatch second = new CountDownLatch(1);
        Future<?> first = overlap(() -> remote.sendText("price"), () -> {
            assertThrows(ConcurrentWriteException.class, () -> remote.sendText("news"));
            second.countDown();
        });
        assertEquals(0, second.getCount());
        ExecutionException failure = assertThrows(ExecutionException.class, first::get);
        ConcurrentWriteException exception = (ConcurrentWriteException) failure.getCause();
        assertTrue(
                exception.getMessage().contains("both calls fail, and so does every later one. How"),
                exception::getMessage);
        assertEquals(List.of("price"), engine.calls);
        assertThrows(ConcurrentWriteException.class, () -> remote.sendBinary(ByteBuffer.allocate(3)));
        log.only();
    }

    /** Some engines send an object by their own method for text. */
    @Test
    void aMethodMayCallAnother() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        engine.duringCall = () -> {
            engine.duringCall = () -> {};
            try {
                remote.sendText("inside");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
        remote.sendObject("outside");
        pushPrices(() -> remote.sendText("later")).get();
        assertEquals(List.of("object outside", "inside", "later"), engine.calls);
        assertEquals(List.of(), log.entries());
    }

    @Test
    void aMessageInTheMiddleOfAnotherOneIsFound() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        pushPrices(() -> remote.sendText("half of ", false)).get();
        pushNews(() -> remote.sendText("news"));
        assertTrue(log.only().contains(" had an unfinished message open"), log::only);
    }

    @Test
    void anotherThreadMaySendTheRest() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        pushPrices(() -> remote.sendText("half of ", false)).get();
        pushNews(() -> remote.sendText("a price", true));
        pushPrices(() -> remote.sendBinary(ByteBuffer.allocate(3), false)).get();
        pushNews(() -> remote.sendBinary(ByteBuffer.allocate(2), true));
        pushPrices(() -> remote.sendText("whole")).get();
        assertEquals(List.of(), log.entries());
    }

    /** Spring sends every message so. */
    @Test
    void aPartThatIsFirstAndLastIsAWholeMessage() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        pushPrices(() -> remote.sendText("price", true)).get();
        pushNews(() -> remote.sendText("news", true));
        assertEquals(List.of(), log.entries());
        overlap(() -> remote.sendText("price", true), () -> remote.sendText("news", true))
                .get();
        log.only();
    }

    @Test
    void aStreamIsOpenUntilItIsClosed() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        Future<OutputStream> opened = thread.submit(remote::getSendStream);
        opened.get().write(1); // by another thread
        pushPrices(() -> opened.get().close()).get();
        pushNews(() -> remote.sendText("news"));
        assertEquals(List.of(), log.entries());
        Writer writer = thread.submit(remote::getSendWriter).get();
        pushNews(() -> remote.sendText("news"));
        assertTrue(log.only().contains(" had an unfinished message open"), log::only);
        writer.close();
    }

    /** As after a send that failed, with all writers under one lock. */
    @ParameterizedTest
    @EnumSource(GuardMode.class)
    void aHalfSentMessageOfAClosedSessionIsTheEnginesToRefuse(GuardMode mode) throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session, mode).getBasicRemote();
        pushPrices(() -> remote.sendText("half of ", false)).get();
        when(session.isOpen()).thenReturn(false);
        assertRefusedByEngine(remote);
    }

    /** Some engines call a session open until the peer has answered. */
    @Test
    void aSessionThatIsBeingClosedIsClosed() throws Exception {
        Session guarded = Guarded.session(session);
        pushPrices(() -> guarded.getBasicRemote().sendText("half of ", false)).get();
        guarded.close();
        assertRefusedByEngine(guarded.getBasicRemote());
    }

    @Test
    void aWriterThatIsNotClosedMattersNotOnAClosedSession() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        Writer writer = thread.submit(remote::getSendWriter).get();
        pushPrices(() -> writer.write(new char[] {'p'})).get();
        when(session.isOpen()).thenThrow(new IllegalStateException("closed")); // as some engines do
        assertRefusedByEngine(remote);
    }

    private void assertRefusedByEngine(RemoteEndpoint.Basic remote) {
        IllegalStateException closed = new IllegalStateException("closed");
        engine.duringCall = () -> {
            throw closed;
        };
        assertSame(closed, assertThrows(IllegalStateException.class, () -> remote.sendText("news")));
        assertSame(closed, assertThrows(IllegalStateException.class, remote::getSendStream));
        assertEquals(List.of(), log.entries());
    }

    @Test
    void aConflictBeforeTheSessionIsClosedFailsLaterCalls() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session, GuardMode.FAIL).getBasicRemote();
        pushPrices(() -> remote.sendText("half of ", false)).get();
        assertThrows(ConcurrentWriteException.class, () -> remote.sendText("news"));
        when(session.isOpen()).thenReturn(false);
        assertThrows(ConcurrentWriteException.class, () -> remote.sendText("news"));
        log.only();
    }

    /** A call that writes a piece of a text. */
    private interface Piece {
        void to(Writer writer) throws Exception;
    }

    static Stream<Named<Piece>> pieces() {
        return Stream.of(
                Named.of("character", writer -> writer.write('p')),
                Named.of("characters", writer -> writer.write(new char[] {'p'})),
                Named.of("string", writer -> writer.write("piece")),
                Named.of("part of a string", writer -> writer.write("piece", 1, 2)),
                Named.of("appended", writer -> writer.append("piece")));
    }

    /** A writer of the JDK would let one thread after the other in, and hide the overlap. */
    @ParameterizedTest
    @MethodSource("pieces")
    void piecesOfTwoThreadsOverlapHoweverTheyAreWritten(Piece piece) throws Exception {
        Writer writer = Guarded.session(session).getBasicRemote().getSendWriter();
        CountDownLatch isInside = new CountDownLatch(1);
        CountDownLatch isOver = new CountDownLatch(1);
        engine.duringCall = () -> {
            engine.duringCall = () -> {};
            isInside.countDown();
            awaitUpTo10s(isOver); // the other thread may wait for this one
        };
        Future<?> prices = pushPrices(() -> piece.to(writer));
        isInside.await();
        pushNews(() -> piece.to(writer));
        isOver.countDown();
        prices.get();
        String report = log.only();
        assertTrue(report.contains(" called Writer.write while ") && report.contains(" was in Writer.write."), report);
        assertEquals(3, engine.calls.size(), engine.calls::toString);
    }

    private static void awaitUpTo10s(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Engines put them between other frames by themselves. */
    @Test
    void pingsAreNoWrites() throws Exception {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        overlap(() -> remote.sendText("price"), () -> remote.sendPing(ByteBuffer.allocate(0)))
                .get();
        assertEquals(List.of("price", "ping"), engine.calls);
        assertEquals(List.of(), log.entries());
    }

    @Test
    void whatTheEngineThrowsComesThrough() {
        RemoteEndpoint.Basic remote = Guarded.session(session).getBasicRemote();
        IllegalStateException mine = new IllegalStateException("engine");
        engine.duringCall = () -> {
            throw mine;
        };
        assertSame(mine, assertThrows(IllegalStateException.class, () -> remote.sendText("price")));
        engine.duringCall = () -> {};
        when(session.getMaxIdleTimeout()).thenThrow(mine);
        assertSame(
                mine,
                assertThrows(
                        IllegalStateException.class,
                        () -> Guarded.session(session).getMaxIdleTimeout()));
        assertEquals(List.of(), log.entries());
    }

    @Test
    void aSessionIsGuardedOnce() {
        Session guarded = Guarded.session(session);
        assertSame(guarded, Guarded.session(session));
        assertSame(guarded, Guarded.session(guarded));
        assertEquals(guarded, session);
        assertNotEquals(guarded, mock(Session.class));
    }

    /** As on Tomcat, Jetty and others, where threads may therefore exclude each other by its monitor. */
    @Test
    void aSessionHasOneRemote() {
        Session guarded = Guarded.session(session);
        RemoteEndpoint.Basic remote = guarded.getBasicRemote();
        assertSame(remote, guarded.getBasicRemote());
        when(session.getBasicRemote()).thenReturn(new Engine());
        assertNotSame(remote, guarded.getBasicRemote(), "the engine has another one");
    }

    /** Asks for the other mode each time. */
    @ParameterizedTest
    @EnumSource(GuardMode.class)
    void theFirstCallForASessionDecidesTheMode(GuardMode mode) throws Exception {
        Session guarded = Guarded.session(session, mode);
        for (GuardMode each : GuardMode.values()) {
            assertSame(guarded, Guarded.session(session, each));
            assertSame(guarded, Guarded.session(guarded, each));
        }
        assertMode(mode, guarded.getBasicRemote(), Guarded.session(session).getBasicRemote());
    }

    @ParameterizedTest
    @EnumSource(GuardMode.class)
    void thePeersOfASessionHaveItsMode(GuardMode mode) throws Exception {
        Session caller = mock(Session.class);
        when(caller.getOpenSessions()).thenReturn(Set.of(session));
        Session peer =
                Guarded.session(caller, mode).getOpenSessions().iterator().next();
        assertSame(peer, Guarded.session(session));
        assertMode(mode, peer.getBasicRemote(), Guarded.session(session).getBasicRemote());
    }

    /** The application keeps remotes only, so that the guarded session is made anew. */
    @ParameterizedTest
    @EnumSource(GuardMode.class)
    void aSessionKeepsItsGuardWhileItIsInUse(GuardMode mode) throws Exception {
        List<RemoteEndpoint.Basic> kept = new ArrayList<>();
        WeakReference<Session> guarded = guardForAMoment(mode, kept);
        Background.eventually("the guarded session to be gone", () -> {
            System.gc();
            return guarded.refersTo(null);
        });
        GuardMode other = mode == GuardMode.FAIL ? GuardMode.REPORT : GuardMode.FAIL;
        RemoteEndpoint.Basic again = Guarded.session(session, other).getBasicRemote();
        assertSame(kept.get(0), again);
        assertMode(mode, kept.get(0), again);
    }

    private WeakReference<Session> guardForAMoment(GuardMode mode, List<RemoteEndpoint.Basic> kept) {
        Session guarded = Guarded.session(session, mode);
        kept.add(guarded.getBasicRemote());
        return new WeakReference<>(guarded);
    }

    private void assertMode(GuardMode mode, RemoteEndpoint.Basic first, RemoteEndpoint.Basic second) throws Exception {
        Future<?> prices = overlap(() -> first.sendText("price"), () -> {
            if (mode == GuardMode.FAIL) {
                assertThrows(ConcurrentWriteException.class, () -> second.sendText("news"));
            } else {
                second.sendText("news");
            }
        });
        if (mode == GuardMode.FAIL) {
            assertThrows(ExecutionException.class, prices::get);
        } else {
            prices.get();
        }
        log.only();
    }
}
