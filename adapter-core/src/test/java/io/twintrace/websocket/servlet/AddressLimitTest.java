package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as one address, and that the counts are exact. */
class AddressLimitTest {
    private final AddressLimit limit = new AddressLimit(2);

    /** The last ones are not addresses. A proxy may have sent them, and no name is looked up. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7:51234, 192.0.2.7",
        "::ffff:192.0.2.7, 192.0.2.7",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "2001:DB8:1:2::1, 2001:db8:1:2::/64",
        "[2001:db8:1:2::1], 2001:db8:1:2::/64",
        "[2001:db8:1:2::1]:443, 2001:db8:1:2::/64",
        "fe80:0:0:0:1:2:3:4%eth0, fe80:0:0:0::/64",
        "0:0:0:0:0:0:0:1, 0:0:0:0::/64",
        "_hidden, _hidden",
        "a:b:c, a:b:c",
        "no-such-host.invalid, no-such-host.invalid",
        "'a\u202eb', a?b"
    })
    void addressesThatCountAsOne(String address, String key) {
        assertEquals(key, limit.key(address));
    }

    @Test
    void aPeerWithoutAnAddressIsNotCounted() {
        assertNull(limit.key(null));
        assertNull(limit.key(""));
        for (int i = 0; i < 10; i++) {
            assertTrue(limit.take(null));
        }
        limit.giveBack(null);
        assertEquals(0, limit.addresses());
    }

    @Test
    void withoutALimitNothingIsRemembered() {
        AddressLimit none = new AddressLimit(0);
        assertNull(none.key("192.0.2.1"));
    }

    @Test
    void onlyAddressesWithConnectionsAreRemembered() {
        for (int i = 0; i < 1000; i++) {
            assertTrue(limit.take("192.0.2." + i));
            limit.takeAnyway("192.0.2." + i);
            assertFalse(limit.take("192.0.2." + i));
        }
        assertEquals(1000, limit.addresses());
        for (int i = 0; i < 1000; i++) {
            limit.giveBack("192.0.2." + i);
            limit.giveBack("192.0.2." + i);
        }
        assertEquals(0, limit.addresses());
    }

    @Test
    void noCountIsLostAmongThreads() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch done = new CountDownLatch(threads);
            for (int i = 0; i < threads; i++) {
                pool.execute(() -> {
                    for (int j = 0; j < 20_000; j++) {
                        if (limit.take("one")) {
                            limit.giveBack("one");
                        }
                    }
                    done.countDown();
                });
            }
            assertTrue(done.await(30, TimeUnit.SECONDS));
        } finally {
            pool.shutdownNow();
        }
        assertEquals(0, limit.addresses());
        assertTrue(limit.take("one"));
        assertTrue(limit.take("one"));
        assertFalse(limit.take("one"));
    }
}
