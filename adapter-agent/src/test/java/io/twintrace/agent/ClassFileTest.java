package io.twintrace.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ClassFileTest {
    static ClassFile read(Class<?> type) throws IOException {
        return read(type.getName());
    }

    /** Reads a class, which need not be loaded. */
    static ClassFile read(String name) throws IOException {
        String file = "/" + name.replace('.', '/') + ".class";
        try (InputStream in = ClassFileTest.class.getResourceAsStream(file)) {
            assertNotNull(in, file);
            return ClassFile.read(in.readAllBytes());
        }
    }

    private static List<String> names(Class<?>... types) {
        return Arrays.stream(types).map(Class::getName).toList();
    }

    /** With all kinds of constants: long numbers take two places, and there are names that are not ASCII. */
    @Test
    void superclassInterfacesAndFieldsAreFound() throws IOException {
        for (Class<?> type : List.of(
                String.class,
                Long.class,
                Double.class,
                ConcurrentHashMap.class,
                HashMap.class,
                Character.class,
                Wrapper.class)) {
            ClassFile file = read(type);
            assertEquals(type.getSuperclass().getName(), file.superclass());
            assertEquals(names(type.getInterfaces()), file.interfaces());
        }
        assertEquals(
                List.of("java.util.Queue", "java.lang.Object"),
                read(Wrapper.class).fieldTypes());
    }

    @Test
    void calledInterfacesAreFound() throws IOException {
        assertEquals(List.of(), read(Wrapper.class).calledInterfaces());
        assertEquals(List.of("java.util.Queue"), read(Calling.class).calledInterfaces());
    }

    @Test
    void whatIsNotNeededIsNotRead() throws IOException {
        assertNull(read(Math.class));
        assertNull(ClassFile.read(new byte[0]));
        assertNull(ClassFile.read(new byte[100]));
    }

    @Test
    void theMethodOfSessionsIsFoundWhereItIsDeclared() throws IOException {
        assertTrue(read(Giver.class).givesRemote());
        assertFalse(read(Taker.class).givesRemote());
        assertFalse(read(Namesake.class).givesRemote());
        assertFalse(read(Factory.class).givesRemote());
    }

    @SuppressWarnings("unused")
    private static final class Giver implements Serializable {
        private static final long serialVersionUID = 1;

        private long field;

        void before() {}

        RemoteEndpoint.Basic getBasicRemote() {
            return null;
        }
    }

    @SuppressWarnings("unused")
    private static final class Calling implements Runnable {
        private final List<Queue<String>> queues = new ArrayList<>(); // of a class, which is no interface

        @Override
        public void run() {
            call(new ArrayDeque<>());
        }

        private static void call(Queue<String> queue) {
            queue.clear();
            queue.poll();
        }
    }

    private static final class Taker implements Runnable {
        @Override
        public void run() {
            Objects.requireNonNull(new Giver().getBasicRemote());
        }
    }

    @SuppressWarnings("unused")
    private static final class Namesake implements Serializable {
        private static final long serialVersionUID = 1;

        String getBasicRemote() {
            return "of another kind";
        }
    }

    @SuppressWarnings("unused")
    private static final class Factory implements Serializable {
        private static final long serialVersionUID = 1;

        static RemoteEndpoint.Basic getBasicRemote() {
            return null;
        }
    }

    @SuppressWarnings("unused")
    private static final class Wrapper implements Runnable {
        private int number;
        private Queue<String> queue;

        @Deprecated
        private Object object;

        private byte[] array;

        @Override
        public void run() {}
    }
}
