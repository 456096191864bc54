package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.room.Presence;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits to be told to other nodes has a bound. */
class OwnMembersTest {
    private final OwnMembers members = new OwnMembers(new Keys("p:"), RedisOptions.defaults(), "node", "room", "1");

    private void announce(String member) {
        assertTrue(members.announce(new Presence(member, "node", "")));
    }

    @Test
    void manyMembersThatComeAndGoAreToldAsOneChange() {
        announce("ann");
        int one = members.takeChanges().size();
        for (int i = 0; i < 3000; i++) {
            announce("m" + i);
            assertTrue(members.withdraw("m" + i));
        }
        announce("bob");
        List<Command> commands = members.takeChanges();
        assertTrue(commands.size() <= one + 1, () -> commands.size() + " commands");
        String text = commands.stream()
                .flatMap(each -> List.of(each.arguments()).stream())
                .map(Command::text)
                .toList()
                .toString();
        assertTrue(text.contains("m:ann") && text.contains("m:bob"), text);
        assertFalse(members.changed());
    }

    @Test
    void aRoomThatWasNeverToldNeedsNoFarewell() {
        announce("ann");
        assertFalse(members.leave());
        assertEquals(List.of(), members.takeChanges());
        assertFalse(members.announce(new Presence("late", "node", "")));
    }

    @Test
    void aRoomThatWasToldSaysFarewell() {
        announce("ann");
        members.takeChanges();
        assertTrue(members.leave());
        assertTrue(members.takeChanges().size() > 0);
    }
}
