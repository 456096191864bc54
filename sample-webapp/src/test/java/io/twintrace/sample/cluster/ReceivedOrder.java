package io.twintrace.sample.cluster;

import java.util.Arrays;
import java.util.Optional;

/** Checks that one member gets each message of each sender once, and those of a sender in their order. Keeps none. */
final class ReceivedOrder {
    private final String member;

    /** The number of the last message, by sender. The first message has number 1. */
    private final int[] last;

    ReceivedOrder(String member, int senders) {
        this.member = member;
        this.last = new int[senders];
    }

    /** {@return what is wrong with a message, if anything is} */
    Optional<String> receive(int sender, int number) {
        int expected = last[sender] + 1;
        last[sender] = Math.max(last[sender], number);
        if (number == expected) {
            return Optional.empty();
        }
        return Optional.of(member + ": sender " + sender + ": expected number " + expected + ", got " + number
                + (number < expected ? ", so it came twice or too late" : ", so some are lost or late"));
    }

    /** {@return the number of the last message of a sender} */
    int last(int sender) {
        return last[sender];
    }

    /** {@return whether all senders' messages are there, up to this number} */
    boolean isComplete(int number) {
        return Arrays.stream(last).allMatch(each -> each >= number);
    }
}
