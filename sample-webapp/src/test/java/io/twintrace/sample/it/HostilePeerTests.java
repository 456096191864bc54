package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Peers that break the protocol in every way, at once or by going on without end. Each gets its close code, while the
 * server serves another one all the time, with a heap of 256 MiB. Peers that send too slowly or do not read are in
 * {@link FlowTests} and {@link DeadlinesIT}.
 */
interface HostilePeerTests extends OnServer {
    int ATTACKERS = 20;
    int MIB = 1 << 20;

    /** The most processor time that a server at rest uses in a second. */
    Duration REST = Duration.ofMillis(300);

    int SECONDS_OF_COMPILING = 10;

    /** The heap may grow to its 256 MiB, and everything else by 96 MiB. */
    long MAX_GROWTH = (256L + 96) * MIB;

    /** More than a server could keep. */
    long MANY_PINGS = 1024L * MIB;

    /** The bytes to send to a servlet, and the expected code of the Close. */
    record Attack(String name, String path, int closeCode, int attackers, ByteBuffer bytes) {
        static Attack plain(String name, int closeCode, String hex) {
            return new Attack(
                    name,
                    "/echo",
                    closeCode,
                    ATTACKERS,
                    ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
        }

        /** A compressed message. */
        static Attack deflated(String name, int closeCode, int attackers, byte[] payload) {
            byte[] frame = RawClient.frame(RawClient.RSV1 | RawClient.BINARY, payload);
            return new Attack(name, "/echo/deflate", closeCode, attackers, ByteBuffer.wrap(frame));
        }
    }

    /** Bytes to send once, bytes to send after them for as long as the server takes them, and the code of the Close. */
    record LastingAttack(String name, String path, int closeCode, ByteBuffer first, ByteBuffer again) {
        LastingAttack(String name, String path, int closeCode, byte[] first, byte[] again) {
            this(name, path, closeCode, ByteBuffer.wrap(first), ByteBuffer.wrap(again));
        }
    }

    static List<LastingAttack> lastingAttacks() {
        byte[] emptyFragments = repeated(fragment(0, new byte[0]), 10_000);
        byte[] emptyBlocks = repeated(new byte[] {0, 0, 0, (byte) 0xff, (byte) 0xff}, 200_000);
        return List.of(
                new LastingAttack(
                        "fragments without end", "/echo", 1008, fragment(RawClient.TEXT, new byte[0]), emptyFragments),
                new LastingAttack(
                        "fragments of a compressed message without end",
                        "/echo/deflate",
                        1008,
                        fragment(RawClient.RSV1 | RawClient.TEXT, new byte[] {(byte) 0xf2, 0x48}),
                        emptyFragments),
                new LastingAttack(
                        "fragments below the limit whose sum is above it",
                        "/echo",
                        1009,
                        fragment(RawClient.BINARY, new byte[MIB]),
                        fragment(0, new byte[MIB])),
                new LastingAttack(
                        "DEFLATE data without end that inflates to nothing",
                        "/echo/deflate",
                        1009,
                        fragment(RawClient.RSV1 | RawClient.BINARY, emptyBlocks),
                        fragment(0, emptyBlocks)));
    }

    /** A frame that does not end its message. */
    private static byte[] fragment(int opcode, byte[] payload) {
        byte[] frame = RawClient.frame(opcode, payload);
        frame[0] &= 0x7f;
        return frame;
    }

    private static byte[] repeated(byte[] bytes, int times) {
        byte[] all = new byte[bytes.length * times];
        for (int at = 0; at < all.length; at += bytes.length) {
            System.arraycopy(bytes, 0, all, at, bytes.length);
        }
        return all;
    }

    static List<Attack> attacks() {
        return List.of(
                Attack.plain("length with the top bit set", 1002, "82 ff 80 00 00 00 00 00 00 00 00 00 00 00"),
                Attack.plain("length of 2^62", 1009, "82 ff 40 00 00 00 00 00 00 00 00 00 00 00"),
                Attack.plain(
                        "lengths that add up past 2^63", 1009, "02 81 00000000 61 80 ff 7fffffffffffffff 00000000"),
                Attack.plain("reserved opcode 3 with 2^40 bytes", 1002, "83 ff 00 00 01 00 00 00 00 00 00 00 00 00"),
                Attack.plain("reserved opcode F", 1002, "8f 80 00000000"),
                Attack.plain("Ping of 126 bytes", 1002, "89 fe 00 7e 00000000"),
                Attack.plain("fragmented Ping", 1002, "09 80 00000000"),
                Attack.plain("frame without a mask", 1002, "81 01 61"),
                Attack.plain("RSV1 without an extension", 1002, "c1 81 00000000 61"),
                Attack.plain("RSV2", 1002, "a1 81 00000000 61"),
                Attack.plain("continuation of nothing", 1002, "80 81 00000000 61"),
                Attack.plain("text inside a message", 1002, "01 81 00000000 61 81 81 00000000 61"),
                Attack.plain("length not in its shortest form", 1002, "82 fe 00 05 00000000"),
                Attack.plain("close code 999", 1002, "88 82 00000000 03e7"),
                Attack.plain("close code 1006", 1002, "88 82 00000000 03ee"),
                Attack.plain("half a close code", 1002, "88 81 00000000 03"),
                Attack.plain("text that is not UTF-8, not yet at its end", 1007, "01 82 00000000 61c0"),
                Attack.plain("close reason that is not UTF-8", 1007, "88 83 00000000 03e8 ff"),
                Attack.deflated("broken DEFLATE data", 1007, ATTACKERS, new byte[] {6, 6, 6}),
                Attack.deflated("DEFLATE data cut in the middle", 1007, ATTACKERS, new byte[] {(byte) 0xf2, 0x48}),
                Attack.deflated("a bomb of 64 KiB that inflates to 65 MiB", 1009, 2, zeros(65)));
    }

    /** Zeros as DEFLATE data, a thousandth of their size. */
    private static byte[] zeros(int mebibytes) {
        return CompressingClient.deflate(new byte[mebibytes << 20]);
    }

    @Test
    default void everyAttackGetsItsCloseCodeWhileOthersAreServed(TestReporter reporter) throws Exception {
        try (Bystander bystander = new Bystander(open("/echo"))) {
            for (Attack attack : attacks()) {
                launch(attack);
            }
            reporter.publishEntry("slowest echo meanwhile", bystander.end().toMillis() + " ms");
        }
        assertServerIsAtRest(reporter);
        assertFalse(server().log().contains("OutOfMemoryError"));
    }

    /** CVE-2014-0193, CVE-2026-9675, CVE-2026-54464: input that only its quantity makes an attack. */
    @Test
    default void attacksWithoutEndGetTheirCloseCodeWhileOthersAreServed(TestReporter reporter) throws Exception {
        OptionalLong memoryBefore = server().process().residentBytes();
        for (LastingAttack attack : lastingAttacks()) {
            long begin = System.nanoTime();
            try (Bystander bystander = new Bystander(open("/echo"))) {
                Torrent torrent = launch(attack);
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                torrent.awaitEnd();
                reporter.publishEntry(
                        attack.name(),
                        torrent.sent() / MIB + " MiB, " + millis + " ms, slowest echo meanwhile "
                                + bystander.end().toMillis() + " ms");
            }
        }
        assertServerIsAtRest(reporter);
        assertMemoryIsBounded(memoryBefore, reporter);
    }

    /** CVE-2026-109932, undici: Pongs queued without bound. */
    @Test
    default void aFloodOfUnreadPongsFillsNoMemoryWhileOthersAreServed(TestReporter reporter) throws Exception {
        OptionalLong memoryBefore = server().process().residentBytes();
        byte[] pings = repeated(RawClient.frame(RawClient.PING, new byte[125]), 1000);
        try (Bystander bystander = new Bystander(open("/echo"));
                RawClient client = open("/echo")) {
            Torrent torrent = Torrent.begin(client, new byte[0], pings);
            Await.until(
                    "the server to take no more, or to have taken much",
                    Duration.ofSeconds(60),
                    torrent::sent,
                    sent -> sent > MANY_PINGS || torrent.isStuck());
            assertMemoryIsBounded(memoryBefore, reporter);
            reporter.publishEntry("Pings", torrent.sent() / MIB + " MiB");
            reporter.publishEntry("slowest echo meanwhile", bystander.end().toMillis() + " ms");
            client.reset();
            torrent.awaitEnd();
        }
        assertServerIsAtRest(reporter);
        assertMemoryIsBounded(memoryBefore, reporter);
    }

    /** A reset in every state of the parser: no thread reads on or spins. */
    @Test
    default void resetsInTheMiddleOfEverythingLeaveTheServerAtRest(TestReporter reporter) throws Exception {
        byte[] plain = RawClient.frame(RawClient.TEXT, new byte[300]);
        byte[] compressed = CompressingClient.frame(new byte[100_000]);
        for (int cut = 0; cut < 24; cut++) {
            RawClient client = open("/echo");
            client.send(Arrays.copyOf(plain, cut));
            client.reset();
            try (CompressingClient compressing = new CompressingClient(server(), "/echo/deflate")) {
                compressing.raw().send(Arrays.copyOf(compressed, cut));
                compressing.raw().reset();
            }
        }
        assertServerIsAtRest(reporter);
    }

    private Torrent launch(LastingAttack attack) throws IOException {
        try (RawClient client = RawClient.connect(server().port())) {
            client.upgrade(server().path(attack.path()), "Sec-WebSocket-Extensions: permessage-deflate");
            Torrent torrent =
                    Torrent.begin(client, attack.first().array(), attack.again().array());
            assertEquals(attack.closeCode(), assertDoesNotThrow(client::readToClose, attack.name()), attack.name());
            return torrent;
        }
    }

    private void launch(Attack attack) throws IOException {
        List<RawClient> attackers = new ArrayList<>();
        try {
            for (int i = 0; i < attack.attackers(); i++) {
                RawClient client = RawClient.connect(server().port());
                attackers.add(client);
                client.upgrade(server().path(attack.path()), "Sec-WebSocket-Extensions: permessage-deflate");
                client.send(attack.bytes().array());
            }
            for (RawClient client : attackers) {
                assertEquals(attack.closeCode(), client.readToClose(), attack.name());
            }
        } finally {
            for (RawClient client : attackers) {
                client.close();
            }
        }
    }

    /** A thread that spins never rests. The compiler does, once it has worked off what the attack has made it do. */
    private void assertServerIsAtRest(TestReporter reporter) throws Exception {
        TimeUnit.MILLISECONDS.sleep(500); // connections linger at most this long
        Duration used = usedInASecond();
        reporter.publishEntry("CPU in the second after", used.toMillis() + " ms");
        for (int i = 0; i < SECONDS_OF_COMPILING && used.compareTo(REST) > 0; i++) {
            used = usedInASecond();
        }
        assertTrue(used.compareTo(REST) <= 0, "the server has used " + used + " in a second");
    }

    private Duration usedInASecond() throws Exception {
        Duration before = server().process().cpuTime();
        TimeUnit.SECONDS.sleep(1); // the time in which the CPU is watched
        return server().process().cpuTime().minus(before);
    }

    private void assertMemoryIsBounded(OptionalLong before, TestReporter reporter) throws Exception {
        assertFalse(server().log().contains("OutOfMemoryError"));
        OptionalLong now = server().process().residentBytes();
        if (before.isPresent() && now.isPresent()) {
            long growth = now.getAsLong() - before.getAsLong();
            reporter.publishEntry("resident memory", now.getAsLong() / MIB + " MiB, grown by " + growth / MIB + " MiB");
            assertTrue(growth < MAX_GROWTH, () -> "the server has grown by " + growth + " bytes");
        }
    }
}
