package io.twintrace.sample.cluster;

import java.time.Duration;

/**
 * How large a test of the cluster is.
 *
 * @param members how many clients listen; the senders do too, and come on top
 * @param messages how many messages each sender sends
 * @param outage how long whatever breaks is away
 */
record Scale(int members, int messages, Duration outage) {
    static final int SENDERS = 20;

    private static final int FACTOR = Integer.getInteger("twintrace.cluster.scale", 1);

    /** With -Dtwintrace.cluster.scale=10: 1,000 members, 10,000 messages, and 10 s. */
    static Scale ofProperty() {
        return new Scale(100 * FACTOR, 50 * FACTOR, Duration.ofSeconds(FACTOR == 1 ? 2 : FACTOR));
    }

    /** The same with other numbers, which are for one run in every build. */
    Scale with(int manyMembers, Duration longOutage) {
        return FACTOR == 1 ? new Scale(manyMembers, messages, longOutage) : this;
    }

    /** {@return whether this is not the size of every build} */
    static boolean isLarge() {
        return FACTOR > 1;
    }

    int all() {
        return members + SENDERS;
    }

    int allMessages() {
        return SENDERS * messages;
    }

    /** All that may lie in the stream: messages, and one at each time that somebody comes (back). */
    int history() {
        return 2 * allMessages() + 8 * all();
    }

    /** Each sender begins a message at this pace, so that the outage is in the middle. */
    Duration pace() {
        return outage.multipliedBy(5).dividedBy(2).dividedBy(messages);
    }
}
