package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import jakarta.servlet.http.HttpSession;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions of containers that count from the last request, and have no accessor of Servlet 6.1. */
class LongerSessionsTest {
    private final LongerSessions longer = new LongerSessions(Runnable::run, any -> true);
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private final AtomicLong accessed = new AtomicLong(System.currentTimeMillis());
    private final AtomicInteger interval = new AtomicInteger(1800);
    private final HttpSession session = mock(HttpSession.class);

    /** When the test last said when the request was. */
    private long asked;

    private CountDownLatch takenBack = new CountDownLatch(0);

    @BeforeEach
    void describe() {
        when(session.getLastAccessedTime()).thenAnswer(call -> accessed.get());
        when(session.getMaxInactiveInterval()).thenAnswer(call -> interval.get());
        doAnswer(call -> {
                    interval.set(call.getArgument(0));
                    return null;
                })
                .when(session)
                .setMaxInactiveInterval(anyInt());
        when(session.getAttribute(anyString())).thenAnswer(call -> attributes.get(call.<String>getArgument(0)));
        doAnswer(call -> attributes.put(call.getArgument(0), call.getArgument(1)))
                .when(session)
                .setAttribute(anyString(), any());
        doAnswer(call -> {
                    attributes.remove(call.<String>getArgument(0));
                    takenBack.countDown();
                    return null;
                })
                .when(session)
                .removeAttribute(anyString());
    }

    @AfterEach
    void end() {
        longer.end();
    }

    private void requestWas(int secondsAgo) {
        asked = System.currentTimeMillis();
        accessed.set(asked - TimeUnit.SECONDS.toMillis(secondsAgo));
    }

    /** The touch was between the request and now. */
    private void assertExpiresIn(int seconds) {
        long expires = accessed.get() + TimeUnit.SECONDS.toMillis(interval.get());
        long atMost = TimeUnit.MILLISECONDS.toSeconds(expires - asked);
        long left = TimeUnit.MILLISECONDS.toSeconds(expires - System.currentTimeMillis());
        assertTrue(atMost >= seconds && left <= seconds + 2, () -> left + " s are left");
    }

    @Test
    void theSessionExpiresSoLongAfterTheTouch() {
        requestWas(1000);
        longer.extend(session);
        assertExpiresIn(1800);
    }

    @Test
    void manyTouchesDoNotAddUp() {
        for (int i = 0; i < 100; i++) {
            requestWas(10 * i);
            longer.extend(session);
        }
        assertExpiresIn(1800);
    }

    @Test
    void whatTheApplicationSetsMeanwhileCounts() {
        requestWas(1000);
        longer.extend(session);
        interval.set(600);
        longer.extend(session);
        assertExpiresIn(600);
    }

    @Test
    void theNextRequestTakesItBack() throws Exception {
        takenBack = new CountDownLatch(1);
        interval.set(1);
        requestWas(1000);
        longer.extend(session);
        assertExpiresIn(1);
        requestWas(0);
        assertTrue(takenBack.await(10, TimeUnit.SECONDS));
        assertEquals(1, interval.get());
    }

    @Test
    void theEndOfTheApplicationTakesItBackToo() {
        requestWas(1000);
        longer.extend(session);
        longer.end();
        assertEquals(1800, interval.get());
        assertEquals(Map.of(), attributes);
    }

    @Test
    void aSessionThatIsToNeverExpireMeanwhileDoesNot() {
        requestWas(1000);
        longer.extend(session);
        interval.set(-1);
        longer.extend(session);
        assertEquals(-1, interval.get());
        assertEquals(Map.of(), attributes);
    }

    /** Of Jetty, Undertow, WildFly. */
    @Test
    void aSessionThatCountsFromTheCallIsGivenItsOwnTimeAgain() {
        requestWas(1000);
        new LongerSessions(Runnable::run).extend(session);
        assertEquals(1800, interval.get());
        verify(session).setMaxInactiveInterval(1800);
        assertEquals(Map.of(), attributes);
    }
}
