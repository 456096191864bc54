package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Drives the examples of containers, each with members of its own. */
final class Examples {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int CHATTERS = 20;
    private static final int SENTENCES = 200;
    private static final int SENTENCE_LENGTH = 200;

    private static final int DRAWERS = 10;
    private static final int DRAWINGS = 10;
    private static final int LINES = 50;

    private static final int STAYING_SNAKES = 5;
    private static final int PASSING_SNAKES = 5;
    private static final int PASSES = 60;
    private static final List<String> DIRECTIONS = List.of("west", "north", "east", "south");

    private static final int ECHOES = 2;
    private static final int ECHO_ROUNDS = 40;
    private static final int MAX_ECHO_LENGTH = 100_000;

    private Examples() {}

    /** Each member talks without a pause, and waits for all that all have said. */
    static void chat(URI uri) throws Exception {
        List<Member> members = new ArrayList<>();
        List<AtomicInteger> heard = new ArrayList<>();
        String sentence = "x".repeat(SENTENCE_LENGTH);
        for (int i = 0; i < CHATTERS; i++) {
            AtomicInteger greetings = new AtomicInteger();
            AtomicInteger sentences = new AtomicInteger();
            Member member =
                    Member.join(uri, each -> (each.endsWith(sentence) ? sentences : greetings).incrementAndGet());
            // The server may answer a handshake before it counts a member among the others.
            member.send("a greeting");
            assertTrue(member.await(PATIENCE, () -> greetings.get() > 0), "greetings");
            members.add(member);
            heard.add(sentences);
        }
        for (int i = 0; i < SENTENCES; i++) {
            members.forEach(each -> each.send(sentence));
        }
        for (int i = 0; i < CHATTERS; i++) {
            AtomicInteger count = heard.get(i);
            assertTrue(
                    members.get(i).await(PATIENCE, () -> count.get() == CHATTERS * SENTENCES), () -> "chat: " + count);
        }
        members.forEach(Member::close);
    }

    /** Each member draws lines, and waits until the server has sent its last one to it. */
    static void drawboard(URI uri) throws Exception {
        List<Member> members = new ArrayList<>();
        List<StringBuilder> drawn = new ArrayList<>();
        for (int i = 0; i < DRAWERS; i++) {
            StringBuilder last = new StringBuilder();
            drawn.add(last);
            members.add(Member.join(uri, each -> replace(last, each)));
        }
        for (int drawing = 1; drawing <= DRAWINGS; drawing++) {
            for (int line = 0; line < LINES; line++) {
                for (Member each : members) {
                    int id = drawing * LINES + line;
                    each.send("1" + id + "|1,10,20,30,255,3.0," + line + ",20," + drawing + ",40");
                }
            }
            String last = drawing * LINES + LINES - 1 + ",1,";
            for (int i = 0; i < DRAWERS; i++) {
                StringBuilder seen = drawn.get(i);
                assertTrue(members.get(i).await(PATIENCE, () -> seen.indexOf(last) >= 0), () -> "drawn: " + seen);
            }
        }
        members.forEach(Member::close);
    }

    /** Some members stay, while others come and go, which the server tells to all. */
    static void snake(URI uri) throws Exception {
        List<Member> staying = new ArrayList<>();
        AtomicInteger updates = new AtomicInteger();
        for (int i = 0; i < STAYING_SNAKES; i++) {
            staying.add(Member.join(uri, each -> updates.incrementAndGet()));
        }
        for (int pass = 0; pass < PASSES; pass++) {
            List<Member> passing = new ArrayList<>();
            for (int i = 0; i < PASSING_SNAKES; i++) {
                passing.add(Member.join(uri, each -> {}));
            }
            String direction = DIRECTIONS.get(pass % DIRECTIONS.size());
            staying.forEach(each -> each.send(direction));
            passing.forEach(Member::close);
        }
        assertTrue(updates.get() > PASSES, () -> "updates: " + updates);
        staying.forEach(Member::close);
    }

    /** Texts and binary messages of many sizes come back as they were. */
    static void echo(URI uri) throws Exception {
        for (int i = 0; i < ECHOES; i++) {
            // One after another, while the other examples are driven.
            List<Object> echoes = new ArrayList<>();
            Member member = Member.join(uri, echoes::add, echoes::add);
            List<Object> sent = new ArrayList<>();
            for (int round = 1; round <= ECHO_ROUNDS; round++) {
                int length = MAX_ECHO_LENGTH / ECHO_ROUNDS * round;
                String text = String.valueOf(round).repeat(length);
                ByteBuffer data = ByteBuffer.wrap(new byte[length]);
                sent.add(text);
                sent.add(data.duplicate());
                member.send(text);
                member.send(data);
            }
            assertTrue(member.await(PATIENCE, () -> echoes.size() == sent.size()), () -> "echoes: " + echoes.size());
            assertTrue(echoes.equals(sent), "the echoes differ");
            member.close();
        }
    }

    private static void replace(StringBuilder last, String message) {
        last.setLength(0);
        last.append(message);
    }
}
