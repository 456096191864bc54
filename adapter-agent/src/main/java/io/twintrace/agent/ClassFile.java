package io.twintrace.agent;

import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * The beginning of a class file (Java Virtual Machine Specification 4.1), with names as {@link Class#getName()} writes
 * them.
 *
 * @param superclass the class that it extends
 * @param interfaces those that it declares to implement
 * @param fieldTypes the classes of its fields
 * @param calledInterfaces those whose methods it calls or refers to
 * @param givesRemote whether it has the method {@code getBasicRemote} of sessions
 */
record ClassFile(
        String superclass,
        List<String> interfaces,
        List<String> fieldTypes,
        List<String> calledInterfaces,
        boolean givesRemote) {
    private static final byte[] GET_REMOTE = "getBasicRemote".getBytes(StandardCharsets.UTF_8);
    private static final Set<String> GIVES_REMOTE =
            Set.of("()Ljakarta.websocket.RemoteEndpoint$Basic;", "()Ljavax.websocket.RemoteEndpoint$Basic;");

    private static final int MAGIC_AND_VERSION = 8;
    private static final int INTERFACE_METHOD = 11;
    private static final int THIS = 2;
    private static final int ACCESS_AND_NAME = 4;

    /** Returns null if this is no class file, or that of an interface or of a class without interfaces, as most are. */
    static ClassFile read(byte[] bytes) {
        try {
            return new Reader(bytes).read();
        } catch (RuntimeException e) { // the JVM says what is wrong with it
            return null;
        }
    }

    private static final class Reader {
        private final byte[] bytes;
        private final ByteBuffer file;

        /** Where the content of each constant begins. */
        private final int[] places;

        /** The places of the interfaces among the constants. */
        private final BitSet calledInterfaces = new BitSet();

        /** Whether the name of the method occurs in the class. */
        private boolean knowsRemote;

        Reader(byte[] bytes) {
            this.bytes = bytes;
            file = ByteBuffer.wrap(bytes).position(MAGIC_AND_VERSION);
            places = new int[number()];
            for (int i = 1; i < places.length; i++) {
                int tag = file.get();
                places[i] = file.position();
                skip(length(tag));
                knowsRemote |= tag == 1 && isGetRemote(places[i]);
                if (tag == INTERFACE_METHOD) {
                    calledInterfaces.set(Short.toUnsignedInt(file.getShort(places[i])));
                }
                if (tag == 5 || tag == 6) { // a long or double takes two places
                    i++;
                }
            }
        }

        ClassFile read() {
            boolean isInterface = (number() & Modifier.INTERFACE) != 0;
            skip(THIS);
            int superclass = number();
            int count = number();
            if (count == 0 || isInterface) {
                return null;
            }
            List<String> interfaces = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                interfaces.add(className(number()));
            }
            return new ClassFile(
                    superclass == 0 ? "" : className(superclass),
                    interfaces,
                    fieldTypes(),
                    calledInterfaces.stream().mapToObj(this::className).toList(),
                    knowsRemote && declaresGetRemote());
        }

        private boolean isGetRemote(int place) {
            return Short.toUnsignedInt(file.getShort(place)) == GET_REMOTE.length
                    && Arrays.equals(bytes, place + 2, place + 2 + GET_REMOTE.length, GET_REMOTE, 0, GET_REMOTE.length);
        }

        private List<String> fieldTypes() {
            List<String> types = new ArrayList<>();
            for (int fields = number(); fields > 0; fields--) {
                skip(ACCESS_AND_NAME);
                String descriptor = text(number());
                if (descriptor.startsWith("L")) {
                    types.add(descriptor.substring(1, descriptor.length() - 1));
                }
                skipAttributes();
            }
            return types;
        }

        /** Call this after {@link #fieldTypes}. */
        private boolean declaresGetRemote() {
            boolean found = false;
            for (int methods = number(); methods > 0; methods--) {
                boolean isStatic = (number() & Modifier.STATIC) != 0;
                boolean isGetRemote = isGetRemote(places[number()]);
                int descriptor = number();
                found |= isGetRemote && !isStatic && GIVES_REMOTE.contains(text(descriptor));
                skipAttributes();
            }
            return found;
        }

        private void skipAttributes() {
            for (int attributes = number(); attributes > 0; attributes--) {
                skip(2);
                skip(file.getInt());
            }
        }

        private String className(int constant) {
            return text(Short.toUnsignedInt(file.getShort(places[constant])));
        }

        private String text(int constant) {
            int place = places[constant];
            int length = Short.toUnsignedInt(file.getShort(place));
            return new String(bytes, place + 2, length, StandardCharsets.UTF_8).replace('/', '.');
        }

        private int number() {
            return Short.toUnsignedInt(file.getShort());
        }

        private void skip(int length) {
            file.position(file.position() + length);
        }

        private int length(int tag) {
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
}
