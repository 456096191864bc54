package io.twintrace.websocket.room;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.EchoingListener;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoomTest {
    private static final byte[] MUCH = new byte[4 << 20];

    private final Rooms rooms = Rooms.inMemory();
    private final List<TestPeer> peers = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        rooms.close();
        for (TestPeer peer : peers) {
            peer.close();
        }
    }

    private TestPeer peer() {
        return peer(TestPeer.quick().build());
    }

    private TestPeer peer(WebSocketOptions options) {
        TestPeer peer = TestPeer.connect(options);
        peers.add(peer);
        return peer;
    }

    private TestPeer slowPeer(OutboxOptions options) {
        TestPeer peer = TestPeer.connectTight(TestPeer.quick().outbox(options).build());
        peers.add(peer);
        return peer;
    }

    private static void expect(TestPeer peer, String... texts) throws Exception {
        for (String text : texts) {
            peer.expectFrame(FIN | TEXT, Frames.utf8(text));
        }
    }

    @Test
    void allMembersGetAMessageAndTheSenderAsWell() throws Exception {
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        TestPeer bob = peer();
        Member sender = room.join(ann.connection());
        room.join(bob.connection());
        assertTrue(sender.broadcast("hello"));
        assertTrue(room.broadcast("from the server"));
        expect(ann, "hello", "from the server");
        expect(bob, "hello", "from the server");
        assertEquals(new RoomStatistics(2, 2, 4, 0, 0, 0), room.statistics());
    }

    @Test
    void theOthersGetAMessageWithoutTheSender() throws Exception {
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        TestPeer bob = peer();
        Member sender = room.join(ann.connection());
        room.join(bob.connection());
        assertTrue(sender.broadcastToOthers("to the others"));
        assertTrue(room.broadcast("to all"));
        expect(ann, "to all");
        expect(bob, "to the others", "to all");
    }

    @Test
    void oneMemberGetsAMessageAlone() throws Exception {
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        TestPeer bob = peer();
        Member first = room.join(ann.connection());
        room.join(bob.connection());
        assertTrue(room.send(first.id(), "by its id"));
        first.send("directly");
        assertTrue(room.send("nobody", PreparedMessage.text("lost")));
        room.broadcast("to all");
        expect(ann, "by its id", "directly", "to all");
        expect(bob, "to all");
    }

    @Test
    void whoHasLeftGetsNothingMoreAndStaysConnected() throws Exception {
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        Member member = room.join(ann.connection());
        room.broadcast("in");
        member.close();
        room.broadcast("out");
        assertFalse(member.broadcast("from outside"));
        assertEquals(0, room.size());
        assertTrue(ann.connection().outbox().offer("still open"));
        expect(ann, "in", "still open");
    }

    @Test
    void theOtherNodesLearnTheLastOfTwoConcurrentValues() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        List<String> announced = new CopyOnWriteArrayList<>();
        Backplane backplane = new SingleNode() {
            @Override
            public Channel open(String room, int history, Receiver receiver) {
                Channel channel = super.open(room, history, receiver);
                return new Channel() {
                    @Override
                    public boolean publish(RoomMessage message) {
                        return channel.publish(message);
                    }

                    @Override
                    public void announce(Presence presence) {
                        if (presence.value().equals("first")) {
                            first.countDown();
                            awaitOrFail(second);
                        }
                        announced.add(presence.value());
                        channel.announce(presence);
                    }

                    @Override
                    public void withdraw(String member) {
                        channel.withdraw(member);
                    }

                    @Override
                    public void close() {
                        channel.close();
                    }
                };
            }
        };
        try (Rooms several = Rooms.over(backplane)) {
            Member member = several.room("chat").join(peer().connection());
            Background<Void> slow = Background.run(() -> member.setValue("first"));
            awaitOrFail(first);
            member.setValue("second");
            second.countDown();
            slow.result();
            assertEquals("second", member.value());
            assertEquals("second", announced.get(announced.size() - 1), announced::toString);
        }
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            assertTrue(latch.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aConnectionLeavesWhenItEnds() throws Exception {
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        Member member = room.join(ann.connection());
        ann.connection().abort();
        assertTrue(member.hasLeft());
        assertEquals(List.of(), room.presence());
        Member late = room.join(ann.connection());
        assertTrue(late.hasLeft());
        assertEquals(0, room.size());
    }

    @Test
    void membersSeeWhatTheApplicationSaysOfEachOther() throws Exception {
        List<String> events = new ArrayList<>();
        Room room = rooms.room("chat", RoomOptions.defaults().withListener(new RoomListener() {
            @Override
            public void present(Presence member) {
                events.add("present " + member.value());
            }

            @Override
            public void absent(Presence member) {
                events.add("absent " + member.value());
            }
        }));
        Member ann = room.join(peer().connection(), JoinOptions.defaults().withValue("Ann"));
        Member bob = room.join(peer().connection(), JoinOptions.defaults().withValue("Bob"));
        ann.setValue("Ann, away");
        assertEquals(
                List.of("Ann, away", "Bob"),
                room.presence().stream().map(Presence::value).sorted().toList());
        bob.close();
        assertEquals(List.of(new Presence(ann.id(), "local", "Ann, away")), room.presence());
        assertEquals(List.of(ann), room.members());
        assertEquals(List.of("present Ann", "present Bob", "present Ann, away", "absent Bob"), events);
    }

    @Test
    void aNewMemberGetsTheLastMessagesFirst() throws Exception {
        Room room = rooms.room("chat", RoomOptions.defaults().withHistory(3, 1000));
        for (int i = 1; i <= 5; i++) {
            room.broadcast("message " + i);
        }
        TestPeer ann = peer();
        room.join(ann.connection(), JoinOptions.defaults().withLast(2));
        TestPeer bob = peer();
        room.join(bob.connection(), JoinOptions.defaults().withLast(10));
        room.broadcast("now");
        expect(ann, "message 4", "message 5", "now");
        expect(bob, "message 3", "message 4", "message 5", "now");
    }

    @Test
    void theHistoryIsBoundedInBytes() throws Exception {
        Room room = rooms.room("chat", RoomOptions.defaults().withHistory(100, 10));
        room.broadcast("seven..");
        room.broadcast("three");
        TestPeer ann = peer();
        room.join(ann.connection(), JoinOptions.defaults().withLast(10));
        expect(ann, "three");
    }

    @Test
    void whoComesBackGetsWhatItHasMissed() throws Exception {
        List<MessageId> ids = new ArrayList<>();
        Room room =
                rooms.room("chat", RoomOptions.defaults().withHistory(3, 1000).withFormat(message -> {
                    ids.add(message.id().orElseThrow());
                    return message.content();
                }));
        for (int i = 1; i <= 5; i++) {
            room.broadcast("message " + i);
        }
        JoinOptions options = JoinOptions.defaults().withGapNotice(PreparedMessage.text("some are missing"));
        TestPeer complete = peer();
        room.join(complete.connection(), options.withAfter(ids.get(1)));
        TestPeer nothing = peer();
        room.join(nothing.connection(), options.withAfter(ids.get(4)));
        TestPeer incomplete = peer();
        room.join(incomplete.connection(), options.withAfter(ids.get(0)));
        TestPeer older = peer();
        room.join(older.connection(), options.withAfter(MessageId.parse("17-4"))); // of an earlier process
        TestPeer future = peer();
        room.join(future.connection(), options.withAfter(new MessageId(Long.MAX_VALUE, 1)));
        room.broadcast("now");
        expect(complete, "message 3", "message 4", "message 5", "now");
        expect(nothing, "now");
        expect(incomplete, "some are missing", "message 3", "message 4", "message 5", "now");
        expect(older, "some are missing", "message 3", "message 4", "message 5", "now");
        expect(future, "some are missing", "message 3", "message 4", "message 5", "now");
    }

    /** The client was on a node that had them earlier. */
    @Test
    void whoComesToANodeThatIsBehindGetsNoMessageTwice() throws Exception {
        List<MessageId> ids = new ArrayList<>();
        Room room = rooms.room("chat", RoomOptions.defaults().withFormat(message -> {
            message.id().ifPresent(ids::add);
            return message.content();
        }));
        room.broadcast("message 1");
        MessageId seen = new MessageId(ids.get(0).time(), ids.get(0).sequence() + 2);
        TestPeer ann = peer();
        room.join(ann.connection(), JoinOptions.defaults().withAfter(seen));
        room.broadcast("message 2");
        room.broadcastHere(PreparedMessage.text("without an id"));
        room.broadcast("message 3");
        room.broadcast("message 4");
        room.broadcast("message 5");
        expect(ann, "without an id", "message 4", "message 5");
    }

    @Test
    void aMessageIsPreparedOnceForAllMembers() throws Exception {
        List<RoomMessage> formatted = new ArrayList<>();
        Room room = rooms.room("chat", RoomOptions.defaults().withFormat(message -> {
            formatted.add(message);
            return PreparedMessage.text(message.id().orElseThrow().sequence() + ": "
                    + new String(bytes(message.content()), StandardCharsets.UTF_8));
        }));
        TestPeer ann = peer();
        TestPeer bob = peer();
        Member sender = room.join(ann.connection());
        room.join(bob.connection());
        sender.broadcast("hello");
        expect(ann, "1: hello");
        expect(bob, "1: hello");
        assertEquals(1, formatted.size());
        assertEquals(Optional.of(sender.id()), formatted.get(0).sender());
    }

    private static byte[] bytes(PreparedMessage message) {
        byte[] bytes = new byte[message.length()];
        message.payload().get(bytes);
        return bytes;
    }

    @Test
    void aFormatThatFailsLosesOneMessageOnly() throws Exception {
        Room room = rooms.room("chat", RoomOptions.defaults().withFormat(message -> {
            if (message.content().length() == 3) {
                throw new IllegalStateException("bad");
            }
            return message.content();
        }));
        TestPeer ann = peer();
        room.join(ann.connection());
        room.broadcast("bad");
        room.broadcast("good");
        expect(ann, "good");
    }

    @Test
    void aSlowMemberIsClosedAndHoldsUpNobody() throws Exception {
        Room room = rooms.room("ticker");
        TestPeer slow = slowPeer(new OutboxOptions(2, MUCH.length, WhenFull.closePeer(1008)));
        TestPeer quick = peer(TestPeer.quick()
                .outbox(OutboxOptions.defaults().withMaxBytes(MUCH.length))
                .build());
        Member member = room.join(slow.connection());
        room.join(quick.connection());
        Background<Void> broadcasting = Background.run(() -> {
            room.broadcast(PreparedMessage.of(MessageType.BINARY, MUCH));
            for (int i = 1; i <= 4; i++) {
                room.broadcast("price " + i);
            }
        });
        quick.receive(10 + MUCH.length);
        expect(quick, "price 1", "price 2", "price 3", "price 4");
        broadcasting.result();
        assertTrue(member.hasLeft());
        slow.receive(10 + MUCH.length);
        slow.expectClose(1008, "too slow");
        assertEquals(1, room.size());
        assertEquals(1, room.statistics().refused());
    }

    @Test
    void aSlowMemberGetsOnlyTheLatestOfEachKey() throws Exception {
        Room room = rooms.room("ticker");
        TestPeer slow = slowPeer(new OutboxOptions(2, MUCH.length, WhenFull.closePeer(1008)));
        room.join(slow.connection());
        room.broadcast(PreparedMessage.of(MessageType.BINARY, MUCH));
        for (int i = 1; i <= 100; i++) {
            assertTrue(room.broadcastLatest(PreparedMessage.text("A " + i), "A"));
            assertTrue(room.broadcastLatest(PreparedMessage.text("B " + i), "B"));
        }
        slow.receive(10 + MUCH.length);
        expect(slow, "A 100", "B 100");
    }

    @Test
    void whatAMemberSendsMayReplaceWhatWaits() throws Exception {
        Room room = rooms.room("map");
        TestPeer slow = slowPeer(new OutboxOptions(2, MUCH.length, WhenFull.closePeer(1008)));
        Member member = room.join(slow.connection());
        room.broadcast(PreparedMessage.of(MessageType.BINARY, MUCH));
        for (int i = 1; i <= 100; i++) {
            assertTrue(member.broadcastLatest(PreparedMessage.text("at " + i), member.id()));
        }
        slow.receive(10 + MUCH.length);
        expect(slow, "at 100");
        member.close();
        assertFalse(member.broadcastLatest(PreparedMessage.text("late"), member.id()));
    }

    @Test
    void aWriteThatGoesPastTheRoomIsCaughtWithThePlaceThatJoined() throws Exception {
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        TestPeer bob = peer();
        joinHere(room, ann.connection());
        joinHere(room, bob.connection());
        ConcurrentWriteException e = assertThrows(
                ConcurrentWriteException.class, () -> ann.connection().writeMessage("past the room"));
        assertTrue(e.report().render().contains("joinHere"), e.report()::render);
        assertTrue(e.report().render().contains("aWriteThatGoesPastTheRoom"), e.report()::render);
        assertTrue(room.broadcast("goes on"));
        expect(bob, "goes on");
        ann.expectClose(1011, "concurrent write");
    }

    private static void joinHere(Room room, WebSocketConnection connection) {
        room.join(connection);
    }

    @Test
    void allMembersGetTheMessagesOfManySendersInOneOrder() throws Exception {
        int senders = 8;
        int each = 500;
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        TestPeer bob = peer();
        room.join(ann.connection());
        room.join(bob.connection());
        CyclicBarrier together = new CyclicBarrier(senders);
        List<Background<Void>> sending = new ArrayList<>();
        for (int s = 0; s < senders; s++) {
            int sender = s;
            sending.add(Background.run(() -> {
                together.await();
                for (int i = 0; i < each; i++) {
                    assertTrue(room.broadcast(String.format("%d %04d", sender, i)));
                }
            }));
        }
        int[] next = new int[senders];
        for (int i = 0; i < senders * each; i++) {
            byte[] frame = ann.receive(2 + 6);
            String text = new String(frame, 2, 6, StandardCharsets.UTF_8);
            int sender = text.charAt(0) - '0';
            assertEquals(next[sender]++, Integer.parseInt(text.substring(2)));
            bob.expect(frame);
        }
        for (Background<Void> one : sending) {
            one.result();
        }
        assertEquals(0, room.statistics().waiting());
    }

    @Test
    void aBroadcastWaitsWhileTheRoomIsBusyWithTooMuch() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Room room = rooms.room(
                "chat", RoomOptions.defaults().withMaxWaiting(2, 1000).withFormat(message -> {
                    busy.countDown();
                    try {
                        assertTrue(goOn.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return message.content();
                }));
        TestPeer ann = peer();
        room.join(ann.connection());
        Background<Void> first = Background.run(() -> room.broadcast("0"));
        assertTrue(busy.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
        Background<Void> more = Background.run(() -> {
                    for (int i = 1; i <= 5; i++) {
                        assertTrue(room.broadcast("" + i));
                    }
                })
                .awaitWaitingIn("Room.broadcast");
        assertEquals(2, room.statistics().waiting());
        goOn.countDown();
        expect(ann, "0", "1", "2", "3", "4", "5");
        first.result();
        more.result();
    }

    @Test
    void aRoomMayBeUsedFromInsideItsListener() throws Exception {
        Room room = rooms.room("chat", RoomOptions.defaults().withListener(new RoomListener() {
            @Override
            public void present(Presence member) {
                rooms.room("chat").broadcastHere(PreparedMessage.text("welcome, " + member.value()));
            }
        }));
        TestPeer ann = peer();
        room.join(ann.connection(), JoinOptions.defaults().withValue("Ann"));
        expect(ann, "welcome, Ann");
    }

    @Test
    void aListenerThatFailsKeepsNobodyOut() throws Exception {
        Room room = rooms.room("chat", RoomOptions.defaults().withListener(new RoomListener() {
            @Override
            public void present(Presence member) {
                throw new IllegalStateException("the listener's fault");
            }
        }));
        TestPeer ann = peer();
        TestPeer bob = peer();
        room.join(ann.connection());
        room.join(bob.connection());
        room.broadcast("hello");
        expect(ann, "hello");
        expect(bob, "hello");
    }

    /** A thread that fails at the end of its stack must not take the room with it. */
    @Test
    void aRoomSurvivesBroadcastsAtTheEndOfAStack() throws Exception {
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        Member member = room.join(ann.connection());
        for (int round = 0; round < 20; round++) {
            Thread deep = new Thread(null, () -> broadcastDeeper(room, 0), "deep", 256 * 1024);
            deep.start();
            deep.join();
        }
        assertFalse(member.hasLeft() && ann.connection().isOpen());
        TestPeer bob = peer();
        room.join(bob.connection());
        assertTrue(room.broadcast("still there"));
        expect(bob, "still there");
        assertEquals(0, room.statistics().waiting());
    }

    private static int broadcastDeeper(Room room, int depth) {
        try {
            return depth < 0 ? 0 : broadcastDeeper(room, depth + 1) + 1;
        } catch (StackOverflowError e) {
            room.broadcast("x"); // overflows here, or a little higher up
            return 0;
        }
    }

    @Test
    void aThreadThatHasOfferedMayServeAListener() throws Exception {
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        room.join(ann.connection());
        try (ListeningPeer listener = ListeningPeer.connect(new EchoingListener())) {
            room.broadcast("offered by this thread");
            listener.send(Frames.text("hello")); // and answered by this one
            listener.settle();
            assertEquals(List.of(), listener.errors());
            assertEquals("8105" + "68656c6c6f", HexFormat.of().formatHex(listener.received()));
        }
        expect(ann, "offered by this thread");
    }

    /** Sends two messages at once, so that their handler has more to read after the first. */
    private static void sendTwo(TestPeer peer) throws Exception {
        peer.send(Frames.masked(FIN | TEXT, Frames.utf8("one")), Frames.masked(FIN | TEXT, Frames.utf8("two")));
    }

    @Test
    void whatAHandlerBroadcastsWhileItHasMoreToReadReachesEachMemberInOneWrite() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        TestPeer ann = peer(TestPeer.quick()
                .coalescingDelay(Duration.ofSeconds(Background.PATIENCE_SECONDS)) // however slow this machine is
                .build());
        TestPeer bob = TestPeer.connect(TestPeer.quick().build(), transport -> new FilterTransport(transport) {
            @Override
            public boolean tryWrite(ByteBuffer[] buffers) throws IOException {
                writes.incrementAndGet();
                return super.tryWrite(buffers);
            }
        });
        peers.add(bob);
        Room room = rooms.room("chat");
        Member sender = room.join(ann.connection());
        room.join(bob.connection());
        sendTwo(ann);
        Background<Void> handler = Background.run(() -> {
            sender.broadcast("hello"); // so that the thread has offered once, before it reads
            for (Message message; (message = ann.connection().readMessage()) != null; ) {
                sender.broadcast(message.text());
            }
        });
        expect(bob, "hello", "one", "two");
        expect(ann, "hello", "one", "two");
        assertEquals(2, writes.get());
        ann.send(Frames.close(1000));
        handler.result();
    }

    @Test
    void whatAHandlerBroadcastsLeavesThoughItDoesNotReadOn() throws Exception {
        TestPeer ann = peer();
        TestPeer bob = peer();
        Room room = rooms.room("chat");
        Member sender = room.join(ann.connection());
        room.join(bob.connection());
        CountDownLatch received = new CountDownLatch(1);
        sendTwo(ann);
        Background<Void> handler = Background.run(() -> {
            sender.broadcast("hello");
            for (Message message; (message = ann.connection().readMessage()) != null; ) {
                sender.broadcast(message.text());
                assertTrue(received.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
        });
        expect(bob, "hello", "one");
        received.countDown();
        expect(bob, "two");
        expect(ann, "hello", "one", "two");
        ann.send(Frames.close(1000));
        handler.result();
    }

    @Test
    void whatAHandlerBroadcastsLeavesThoughItBroadcastsOnWithoutReading() throws Exception {
        TestPeer ann =
                peer(TestPeer.quick().coalescingDelay(Duration.ofMillis(50)).build());
        TestPeer bob = peer();
        Room room = rooms.room("chat");
        Member sender = room.join(ann.connection());
        room.join(bob.connection());
        AtomicBoolean received = new AtomicBoolean();
        sendTwo(ann);
        Background<Void> handler = Background.run(() -> {
            sender.broadcast("hello");
            ann.connection().readMessage();
            while (!received.get()) {
                sender.broadcast("x");
                LockSupport.parkNanos(5_000_000); // sooner than the coalescing delay, again and again
            }
        });
        expect(bob, "hello", "x", "x", "x"); // long before a buffer is full
        received.set(true);
        handler.result();
    }

    /** Calls both faces from one thread, while that has more input to read. */
    private void onBothFaces(ThrowingConsumer test) throws Exception {
        TestPeer handled = peer();
        sendTwo(handled);
        Background<Void> handler = Background.run(() -> {
            Room other = rooms.room("other");
            try (Member member = other.join(handled.connection())) {
                member.broadcast("hello"); // so that the thread has offered once, before it reads
                handled.connection().readMessage();
                test.accept(handled.connection());
            }
        });
        expect(handled, "hello", "20", "direct");
        handled.expectClose(1000, "bye");
        handled.send(Frames.close(1000));
        handler.result();
        try (ListeningPeer listening = ListeningPeer.connect(calling(test))) {
            listening.send(Frames.concat(Frames.text("one"), Frames.text("two")));
            assertArrayEquals(
                    Frames.concat(
                            Frames.plain(FIN | TEXT, Frames.utf8("20")),
                            Frames.plain(FIN | TEXT, Frames.utf8("direct")),
                            Frames.plain(FIN | Frames.CLOSE, Frames.closePayload(1000, "bye"))),
                    listening.received());
        }
    }

    /** A listener that may be called by a thread of the container. */
    private static WebSocketListener calling(ThrowingConsumer onText) {
        return new WebSocketListener() {
            @Override
            public boolean isNonBlocking() {
                return true;
            }

            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                onText.accept(connection);
            }
        };
    }

    private interface ThrowingConsumer {
        void accept(WebSocketConnection connection) throws Exception;
    }

    @Test
    void whatOneThreadSendsInSeveralWaysKeepsItsOrder() throws Exception {
        onBothFaces(connection -> {
            Member member = rooms.room("chat").join(connection);
            rooms.room("chat").broadcast("20");
            connection.outbox().offer("direct");
            connection.beginClose(1000, "bye");
            member.close();
        });
    }

    @Test
    void aCloseComesAfterWhatWasSentBefore() throws Exception {
        onBothFaces(connection -> {
            Member member = rooms.room("chat").join(connection);
            member.broadcast("20");
            member.send("direct");
            connection.beginClose(1000, "bye");
        });
    }

    @Test
    void aRoomThatHasNothingElseToDoTakesManyMessagesAtOnce() throws Exception {
        Room room = rooms.room("chat", RoomOptions.defaults().withMaxWaiting(4, 1000));
        TestPeer ann = peer();
        room.join(ann.connection());
        WebSocketListener listener = calling(connection -> {
            for (int i = 0; i < 20; i++) {
                assertTrue(room.broadcast("x"));
            }
            connection.outbox().offer("done");
        });
        try (ListeningPeer listening = ListeningPeer.connect(listener)) {
            listening.send(Frames.text("go"));
            assertArrayEquals(Frames.plain(FIN | TEXT, Frames.utf8("done")), listening.received());
        }
        for (int i = 0; i < 20; i++) {
            expect(ann, "x");
        }
        assertEquals(0, room.statistics().refused());
    }

    @Test
    void aClosedRoomRefusesAndItsNameMayBeUsedAgain() throws Exception {
        Room room = rooms.room("chat");
        TestPeer ann = peer();
        Member member = room.join(ann.connection());
        room.close();
        assertTrue(member.hasLeft());
        assertFalse(room.broadcast("late"));
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> room.join(ann.connection()));
        assertEquals("room \"chat\" is closed", e.getMessage());
        rooms.room("chat").join(ann.connection());
        rooms.room("chat").broadcast("again");
        expect(ann, "again");
        rooms.close();
        assertThrows(IllegalStateException.class, () -> rooms.room("another"));
    }

    @Test
    void aRoomThatIsOpenedAgainDoesNotRepeatItsIds() {
        Set<MessageId> ids = new HashSet<>();
        RoomOptions noting = RoomOptions.defaults().withFormat(message -> {
            assertTrue(ids.add(message.id().orElseThrow()), message::toString);
            return message.content();
        });
        for (int i = 0; i < 1000; i++) { // more than one in a millisecond
            try (Room room = rooms.room("again", noting)) {
                room.broadcast("hello");
            }
        }
        assertEquals(1000, ids.size());
    }

    @Test
    void optionsThatComeTooLateAreInTheLogOnce() {
        List<String> lines = new ArrayList<>();
        Logger logger = Logger.getLogger("io.twintrace.websocket");
        Filter noting = line -> !lines.add(line.getMessage());
        RoomOptions options = RoomOptions.defaults().withHistory(3, 1000);
        logger.setFilter(noting);
        try {
            Room late = rooms.room("late");
            assertSame(late, rooms.room("late", RoomOptions.defaults()));
            assertEquals(List.of(), lines);
            assertSame(late, rooms.room("late", options));
            assertSame(late, rooms.room("late", options));
            rooms.room("early", options);
            rooms.room("early");
            rooms.room("early", options.withHistory(4, 1000));
        } finally {
            logger.setFilter(null);
        }
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.get(0).startsWith("room \"late\" was opened with default options"), lines::toString);
    }

    @Test
    void anIdOfAMessageIsReadStrictly() {
        assertEquals(new MessageId(12, 3), MessageId.parse("12-3"));
        for (String wrong : new String[] {"", "12", "12-", "-3", "a-b", "1-2-3", "12 -3", "99999999999999999999-1"}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> MessageId.parse(wrong), wrong);
            assertTrue(e.getMessage().contains("\"" + wrong + "\""), e::getMessage);
        }
    }
}
