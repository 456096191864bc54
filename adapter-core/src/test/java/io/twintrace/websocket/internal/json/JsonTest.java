package io.twintrace.websocket.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.twintrace.websocket.JsonCodec;
import io.twintrace.websocket.WebSocketOptions;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final WebSocketOptions GSON = WebSocketOptions.defaults();

    @Test
    void valuesGoThereAndBack() throws Exception {
        String text = Json.encode(GSON, Map.of("a", List.of(1.5, true, "ü")));
        assertEquals("{\"a\":[1.5,true,\"ü\"]}", text);
        assertEquals(Map.of("a", List.of(1.5, true, "ü")), decode(text, Object.class));
    }

    /** The application's own mistake keeps its own name. */
    @Test
    void aMissingClassOfTheApplicationIsNotTakenForGson() {
        NoClassDefFoundError e = assertThrows(NoClassDefFoundError.class, () -> Json.encode(GSON, new NeedsMore()));
        assertEquals("com/example/Missing", e.getMessage());
    }

    @JsonAdapter(MissingLibrary.class)
    private static final class NeedsMore {}

    private static final class MissingLibrary extends TypeAdapter<NeedsMore> {
        @Override
        public void write(JsonWriter out, NeedsMore value) {
            throw new NoClassDefFoundError("com/example/Missing");
        }

        @Override
        public NeedsMore read(JsonReader in) {
            throw new AssertionError("only written");
        }
    }

    private static Object decode(String text, Type type) throws IOException {
        return Json.decode(GSON, text, type);
    }

    /** Gson accepts all of these unless it is set to be strict. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{type=join;name=c}",
                "{'type':'join'}",
                "{type:\"join\"}",
                "{\"a\":1;\"b\":2}",
                "# a comment\n{}",
                "/* a comment */ {}",
                "// a comment\n{}",
                ")]}'\n{}",
                "[1,]",
                "[,1]",
                "[1;2]",
                "TRUE",
                "[NaN]",
                "1e999",
                "[01]",
                "unquoted",
                "\"a\tb\"",
                "\"\\'\"",
                "{} {}"
            })
    void onlyWhatRfc8259CallsJsonIsJson(String text) {
        IOException e = assertThrows(IOException.class, () -> decode(text, Object.class));
        assertTrue(e.getMessage().startsWith("message is not JSON, but should be"), e.getMessage());
    }

    @Test
    void nestingWithoutEndIsRefusedLikeAnyOtherText() {
        assertThrows(IOException.class, () -> decode("[".repeat(1 << 20), List.class));
        assertThrows(IOException.class, () -> decode("{\"a\":".repeat(1 << 18), Object.class));
    }

    @Test
    void emptyAndNullAreToldApart() {
        IOException empty = assertThrows(IOException.class, () -> decode("", Object.class));
        assertTrue(empty.getMessage().contains("is empty"), empty.getMessage());
        IOException e = assertThrows(IOException.class, () -> decode("null", Object.class));
        assertTrue(e.getMessage().contains("literal null"), e.getMessage());
    }

    // ---- Without Gson -----------------------------------------------------------------------------------------------

    /** Loads the classes of this module, and neither Gson nor anything else. */
    private static final class Bare implements AutoCloseable {
        private final URLClassLoader loader = new URLClassLoader(
                new URL[] {Json.class.getProtectionDomain().getCodeSource().getLocation()},
                ClassLoader.getPlatformClassLoader());

        Class<?> load(Class<?> type) throws Exception {
            return Class.forName(type.getName(), true, loader);
        }

        Object defaults() throws Exception {
            return load(WebSocketOptions.class).getMethod("defaults").invoke(null);
        }

        Object encode(Object options, Object value) throws Exception {
            return load(Json.class)
                    .getMethod("encode", load(WebSocketOptions.class), Object.class)
                    .invoke(null, options, value);
        }

        Object decode(Object options, String text, Type type) throws Exception {
            return load(Json.class)
                    .getMethod("decode", load(WebSocketOptions.class), String.class, Type.class)
                    .invoke(null, options, text, type);
        }

        @Override
        public void close() throws IOException {
            loader.close();
        }
    }

    @Test
    void withoutGsonTheErrorSaysWhatToAddEachTime() throws Exception {
        try (Bare bare = new Bare()) {
            Object options = bare.defaults();
            for (int i = 0; i < 2; i++) {
                assertSaysWhatToAdd(assertThrows(InvocationTargetException.class, () -> bare.encode(options, "x")));
                assertSaysWhatToAdd(
                        assertThrows(InvocationTargetException.class, () -> bare.decode(options, "1", Integer.class)));
            }
        }
    }

    private static void assertSaysWhatToAdd(InvocationTargetException e) {
        IllegalStateException cause = assertInstanceOf(IllegalStateException.class, e.getCause());
        assertTrue(cause.getMessage().contains("com.google.code.gson:gson"), cause.getMessage());
    }

    @Test
    void aCodecOfTheApplicationNeedsNoGson() throws Exception {
        try (Bare bare = new Bare()) {
            Class<?> type = bare.load(JsonCodec.class);
            Object codec = Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> method.getName());
            Object builder =
                    bare.load(WebSocketOptions.class).getMethod("builder").invoke(null);
            Class<?> builderType = bare.load(WebSocketOptions.Builder.class);
            builderType.getMethod("jsonCodec", type).invoke(builder, codec);
            Object options = builderType.getMethod("build").invoke(builder);
            assertEquals("encode", bare.encode(options, "x"));
            assertEquals("decode", bare.decode(options, "1", String.class));
        }
    }
}
