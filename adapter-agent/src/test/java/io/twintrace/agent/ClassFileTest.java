package io.twintrace.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClassFileTest {
    private static List<String> interfaces(Class<?> type) throws IOException {
        String file = "/" + type.getName().replace('.', '/') + ".class";
        try (InputStream in = ClassFileTest.class.getResourceAsStream(file)) {
            assertNotNull(in, file);
            return ClassFile.interfaces(in.readAllBytes());
        }
    }

    /** With all kinds of constants: long numbers take two places, and there are names that are not ASCII. */
    @Test
    void theInterfacesOfAClassAreFound() throws IOException {
        List<Class<?>> types = new ArrayList<>(
                List.of(Object.class, String.class, Long.class, Math.class, Runnable.class, ConcurrentHashMap.class));
        types.addAll(List.of(HashMap.class, Stream.class, Character.class, ClassFileTest.class, AgentOptions.class));
        for (Class<?> type : types) {
            List<String> expected =
                    Arrays.stream(type.getInterfaces()).map(Class::getName).toList();
            assertEquals(expected, interfaces(type), type.getName());
        }
    }
}
