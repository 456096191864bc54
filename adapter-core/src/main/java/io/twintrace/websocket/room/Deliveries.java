package io.twintrace.websocket.room;

import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.internal.write.WriteBatch;
import io.twintrace.websocket.room.History.Delivered;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Gives messages to the members of one room on this node. All methods are called by the thread at work in the room's
 * {@link Delivery}.
 */
final class Deliveries implements Delivery.Target {
    /** Between this node's clock and the one that makes ids: another node's, or that of Redis. */
    private static final long MAX_CLOCK_DIFFERENCE_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private final String room;
    private final RoomOptions options;
    private final MemberList members = new MemberList();
    private final History history;

    /** The members that wait for the messages of the past; null once these have come. */
    private List<Runnable> early = new ArrayList<>();

    private boolean sizeLogged;

    private final RoomCounters counters;

    Deliveries(String room, RoomOptions options, RoomCounters counters) {
        this.room = room;
        this.options = options;
        this.counters = counters;
        this.history = new History(options);
    }

    // ---- Members --------------------------------------------------------------------------------------------------

    void join(Member member, JoinOptions how) {
        if (early != null) {
            early.add(() -> joinNow(member, how));
        } else {
            joinNow(member, how);
        }
    }

    private void joinNow(Member member, JoinOptions how) {
        if (member.hasLeft()) {
            return;
        }
        List<Delivered> past = history.last(how.last());
        if (how.after().isPresent()) {
            MessageId seen = plausible(how.after().get());
            if (!history.isCompleteAfter(seen)) {
                how.gapNotice().ifPresent(notice -> offer(member, notice, Optional.empty()));
            }
            past = history.after(seen);
            member.hasSeen(seen);
        }
        for (Delivered each : past) {
            if (member.wants(each.message())) {
                offer(member, each.shown(), each.message().key());
            }
        }
        members.add(member);
        tell(() -> options.listener().present(member.presence()));
    }

    /** An id that no message can have yet would keep all messages from a member. It is as good as none. */
    private MessageId plausible(MessageId seen) {
        long now = Math.max(System.currentTimeMillis(), history.newest().time());
        return seen.time() > now + MAX_CLOCK_DIFFERENCE_MILLIS ? MessageId.NONE : seen;
    }

    /** Sends a message to a member, after its messages of the past. */
    void send(Member member, PreparedMessage message) {
        if (early != null && member.index < 0) {
            early.add(() -> offer(member, message, Optional.empty()));
        } else {
            offer(member, message, Optional.empty());
        }
    }

    void changed(Member member) {
        if (member.index >= 0) {
            tell(() -> options.listener().present(member.presence()));
        }
    }

    void leave(Member member) {
        if (members.remove(member)) {
            tell(() -> options.listener().absent(member.presence()));
        }
    }

    /** Calls the listener, whose errors must not keep others from what comes next. */
    void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            LOGGER.log(Level.ERROR, "the listener of room \"" + room + "\" has failed", e);
        }
    }

    /** Keeps the messages of the past, and lets the members in. */
    void history(MessageId completeAfter, List<RoomMessage> oldestFirst) {
        history.beginsAfter(completeAfter);
        for (RoomMessage message : oldestFirst) {
            Delivered past = format(message);
            if (past != null) {
                history.add(past);
            }
        }
        letIn();
    }

    /** A message follows that others may keep, but not this room, which does not know its place. */
    void notKept() {
        history.unknownGap();
    }

    void placed(MessageId id) {
        history.gapUntil(id);
    }

    /** Lets the members in that wait for the messages of the past. */
    void letIn() {
        if (early != null) {
            List<Runnable> waiting = early;
            early = null;
            waiting.forEach(Runnable::run);
        }
    }

    // ---- Messages -------------------------------------------------------------------------------------------------

    @Override
    public int size() {
        return members.size();
    }

    @Override
    public void deliver(List<RoomMessage> newMessages) {
        List<Delivered> formatted = new ArrayList<>(newMessages.size());
        for (RoomMessage message : newMessages) {
            Delivered each = format(message);
            if (each != null) {
                formatted.add(each);
                history.add(each);
            }
        }
        counters.messages(newMessages.size());
        List<PreparedMessage> alike = formatted.stream().allMatch(Deliveries::isAlike)
                ? List.copyOf(formatted.stream().map(Delivered::shown).toList()) // which no outbox copies again
                : List.of();
        WriteBatch batch = WriteBatch.current();
        int offered = 0;
        int accepted = 0;
        for (int i = members.size() - 1; i >= 0; i--) {
            Member member = members.get(i);
            if (!alike.isEmpty() && member.wantsAll()) {
                offered += alike.size();
                accepted += offerAll(member, alike);
            } else {
                for (Delivered each : formatted) {
                    if (member.wants(each.message())) {
                        offered++;
                        accepted +=
                                tryOffer(member, each.shown(), each.message().key()) ? 1 : 0;
                    }
                }
            }
            if (batch != null) {
                batch.flushIfFull();
            }
        }
        counters.deliveries(offered, accepted);
    }

    private Delivered format(RoomMessage message) {
        try {
            return new Delivered(message, options.format().apply(message));
        } catch (RuntimeException | Error e) {
            LOGGER.log(Level.ERROR, "room \"" + room + "\" drops a message that its format could not handle", e);
            return null;
        }
    }

    private static boolean isAlike(Delivered delivered) {
        return delivered.message().isForAll() && delivered.message().key().isEmpty();
    }

    /** Returns how many messages the member has accepted. */
    private int offerAll(Member member, List<PreparedMessage> all) {
        int accepted = 0;
        try {
            accepted = member.connection().outbox().offerAll(all);
        } catch (RuntimeException e) {
            for (PreparedMessage each : all) { // one may be too large
                accepted += tryOffer(member, each, Optional.empty()) ? 1 : 0;
            }
        }
        if (accepted < all.size()) {
            closeIfEnding(member);
        }
        return accepted;
    }

    private void offer(Member member, PreparedMessage message, Optional<String> key) {
        counters.deliveries(1, tryOffer(member, message, key) ? 1 : 0);
    }

    private boolean tryOffer(Member member, PreparedMessage message, Optional<String> key) {
        if (member.hasLeft()) {
            return false;
        }
        boolean accepted = false;
        try {
            Outbox outbox = member.connection().outbox();
            accepted = key.isPresent() ? outbox.offer(message, key.get()) : outbox.offer(message);
        } catch (ConcurrentWriteException e) {
            // Another thread has written past the room. Both are named in the log, and the connection ends.
        } catch (IllegalArgumentException e) {
            logSize(member, e);
        } catch (RuntimeException e) { // of a connection that is not ours
            LOGGER.log(Level.ERROR, "room \"" + room + "\" cannot send to " + member, e);
        }
        if (!accepted) {
            closeIfEnding(member);
        }
        return accepted;
    }

    private static void closeIfEnding(Member member) {
        if (!member.connection().isOpen()) {
            member.close(); // before its end, which may be some seconds away
        }
    }

    /** Logs only the first message that is too large, because there is one for each member. */
    private void logSize(Member member, IllegalArgumentException e) {
        if (!sizeLogged) {
            sizeLogged = true;
            LOGGER.log(
                    Level.WARNING,
                    "room \"" + room + "\" cannot send to " + member + ", and perhaps to others: " + e.getMessage());
        }
    }

    void lost(long more) {
        counters.lost(more);
        history.gapBeforeNext();
        tell(() -> options.listener().lost(more));
    }
}
