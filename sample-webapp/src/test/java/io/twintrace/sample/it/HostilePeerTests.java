package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Peers that break the protocol in every way that is over at once: each gets its close code, while another one is served
 * all the time, with a heap of 256 MiB. Those that take their time are in {@link FlowTests} and {@link DeadlinesIT}.
 */
interface HostilePeerTests extends OnServer {
    int ATTACKERS = 20;

    /** What is sent to which servlet, and the code of the Close that must come. */
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

    /** A reset in every state of the parser: nobody reads on, nobody spins. */
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

    private void assertServerIsAtRest(TestReporter reporter) throws Exception {
        TimeUnit.MILLISECONDS.sleep(500); // connections linger so long at most
        Duration before = server().process().cpuTime();
        TimeUnit.SECONDS.sleep(1); // the time in which the CPU is watched
        Duration used = server().process().cpuTime().minus(before);
        reporter.publishEntry("CPU in the second after", used.toMillis() + " ms");
        assertTrue(used.toMillis() < 300, () -> "the server has used " + used + " in a second");
    }
}
