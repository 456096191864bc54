package io.twintrace.agent;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the beginning of a class file (Java Virtual Machine Specification 4.1). */
final class ClassFile {
    private static final int MAGIC_AND_VERSION = 8;
    private static final int ACCESS_THIS_AND_SUPER = 6;

    private ClassFile() {}

    /**
     * Returns the names of the interfaces that a class declares, as {@link Class#getName()} writes them.
     *
     * @throws RuntimeException if this is no class file
     */
    static List<String> interfaces(byte[] classFile) {
        ByteBuffer file = ByteBuffer.wrap(classFile).position(MAGIC_AND_VERSION);
        int[] places = constants(file);
        file.position(file.position() + ACCESS_THIS_AND_SUPER);
        int count = Short.toUnsignedInt(file.getShort());
        if (count == 0) {
            return List.of();
        }
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int nameIndex = Short.toUnsignedInt(file.getShort(places[Short.toUnsignedInt(file.getShort())]));
            int text = places[nameIndex];
            int length = Short.toUnsignedInt(file.getShort(text));
            names.add(new String(classFile, text + 2, length, StandardCharsets.UTF_8).replace('/', '.'));
        }
        return names;
    }

    /** Moves behind the constants. Returns where each one's content begins. */
    private static int[] constants(ByteBuffer file) {
        int count = Short.toUnsignedInt(file.getShort());
        int[] places = new int[count];
        for (int i = 1; i < count; i++) {
            int tag = file.get();
            places[i] = file.position();
            file.position(file.position() + length(tag, file));
            if (tag == 5 || tag == 6) { // a long or double takes two places
                i++;
            }
        }
        return places;
    }

    private static int length(int tag, ByteBuffer file) {
        return switch (tag) {
            case 1 -> 2 + Short.toUnsignedInt(file.getShort(file.position()));
            case 7, 8, 16, 19, 20 -> 2;
            case 15 -> 3;
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
            case 5, 6 -> 8;
            default -> throw new IllegalArgumentException("unknown constant " + tag);
        };
    }
}
