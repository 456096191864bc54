package io.twintrace.websocket.room;

import java.util.Arrays;

/** The members of a room on this node, in no order. Only the thread that delivers uses it. */
final class MemberList {
    private Member[] members = new Member[16];
    private int size;

    int size() {
        return size;
    }

    Member get(int index) {
        return members[index];
    }

    void add(Member member) {
        if (size == members.length) {
            members = Arrays.copyOf(members, 2 * size);
        }
        member.index = size;
        members[size++] = member;
    }

    /** Returns false if the member is not there. */
    boolean remove(Member member) {
        if (member.index < 0) {
            return false;
        }
        Member last = members[--size];
        members[member.index] = last;
        last.index = member.index;
        members[size] = null;
        member.index = -1;
        if (size > 16 && size < members.length / 4) {
            members = Arrays.copyOf(members, members.length / 2);
        }
        return true;
    }
}
