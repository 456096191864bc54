package io.twintrace.sample.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReceivedOrderTest {
    private final ReceivedOrder order = new ReceivedOrder("member 7", 2);

    @Test
    void eachSenderCountsByItself() {
        assertEquals(Optional.empty(), order.receive(0, 1));
        assertEquals(Optional.empty(), order.receive(1, 1));
        assertEquals(Optional.empty(), order.receive(0, 2));
        assertFalse(order.isComplete(2));
        assertEquals(Optional.empty(), order.receive(1, 2));
        assertTrue(order.isComplete(2));
    }

    @Test
    void aMessageThatIsLostIsNamed() {
        assertEquals(
                Optional.of("member 7: sender 1: expected number 1, got 2, so some are lost or late"),
                order.receive(1, 2));
    }

    @Test
    void aMessageThatComesTwiceIsNamed() {
        assertEquals(Optional.empty(), order.receive(1, 1));
        assertEquals(
                Optional.of("member 7: sender 1: expected number 2, got 1, so it came twice or too late"),
                order.receive(1, 1));
        assertEquals(Optional.empty(), order.receive(1, 2));
    }
}
