package io.twintrace.websocket.redis;

import io.twintrace.websocket.room.Presence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The members of a room on other nodes, as far as this one knows. For the reader. */
final class OtherMembers {
    private final Map<String, Node> nodes = new HashMap<>();

    /** Applies an announcement. Returns whether this node has missed one, and so must read all members of that node. */
    boolean apply(StreamEntry announcement, List<Change> changes) {
        String name = announcement.text("node");
        Node node = nodes.get(name);
        Optional<Version> parsed = Version.parse(announcement.text(OwnMembers.VERSION));
        if (parsed.isEmpty()) {
            return true;
        }
        Version version = parsed.get();
        boolean none = announcement.text("change").equals("none");
        if (node == null || node.version.epoch < version.epoch) {
            if (none) {
                remove(name, changes);
            }
            return !none;
        }
        if (node.version.epoch > version.epoch) {
            return false;
        }
        long step = version.number - node.version.number;
        if (step <= 0) {
            return false;
        }
        String member = announcement.text("member");
        if (none) {
            remove(name, changes);
            return false;
        }
        switch (announcement.text("change")) {
            case "join" -> {
                if (step == 1) {
                    put(name, node, member, announcement.text("value"), changes);
                }
            }
            case "leave" -> {
                if (step == 1) {
                    remove(node, member, changes);
                }
            }
            default -> {
                return true;
            }
        }
        if (step == 1) {
            node.version = version;
            node.text = announcement.text(OwnMembers.VERSION);
        }
        return step > 1;
    }

    boolean isCurrent(String name, String version) {
        Node node = nodes.get(name);
        return node != null && node.text.equals(version);
    }

    /** Takes all members of a node. */
    void replace(String name, String version, Map<String, String> members, List<Change> changes) {
        Node node = nodes.computeIfAbsent(name, unused -> new Node());
        node.text = version;
        node.version = Version.parse(version).orElse(Version.NONE);
        for (String member : List.copyOf(node.members.keySet())) {
            if (!members.containsKey(member)) {
                remove(node, member, changes);
            }
        }
        members.forEach((member, value) -> put(name, node, member, value, changes));
    }

    void remove(String name, List<Change> changes) {
        Node node = nodes.remove(name);
        if (node != null) {
            for (String member : List.copyOf(node.members.keySet())) {
                remove(node, member, changes);
            }
        }
    }

    private static void put(String name, Node node, String member, String value, List<Change> changes) {
        if (!value.equals(node.members.put(member, value))) {
            changes.add(new Change(member, Optional.of(new Presence(member, name, value))));
        }
    }

    private void remove(Node node, String member, List<Change> changes) {
        if (node.members.remove(member) != null
                && nodes.values().stream().noneMatch(other -> other.members.containsKey(member))) {
            changes.add(new Change(member, Optional.empty()));
        }
    }

    Set<String> names() {
        return Set.copyOf(nodes.keySet());
    }

    static List<Change> noChanges() {
        return new ArrayList<>();
    }

    /**
     * What the receiver is to know.
     *
     * @param member the id of a member
     * @param presence empty if it has left
     */
    record Change(String member, Optional<Presence> presence) {}

    private static final class Node {
        private String text = "";
        private Version version = Version.NONE;
        private final Map<String, String> members = new HashMap<>();
    }

    /**
     * Which state of a node's members.
     *
     * @param epoch which opening of the room
     * @param number which change since
     */
    private record Version(long epoch, long number) {
        static final Version NONE = new Version(0, 0);

        /** {@return empty if no backplane has written it} */
        static Optional<Version> parse(String text) {
            int dash = text.indexOf('-');
            try {
                return dash < 0
                        ? Optional.empty()
                        : Optional.of(new Version(
                                Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1))));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
    }
}
