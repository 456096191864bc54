package io.twintrace.websocket.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void valuesGoThereAndBack() throws Exception {
        String text = Json.encode(Map.of("a", List.of(1.5, true, "ü")));
        assertEquals("{\"a\":[1.5,true,\"ü\"]}", text);
        assertEquals(Map.of("a", List.of(1.5, true, "ü")), decode(text, Object.class));
    }

    /** The application's own mistake keeps its own name. */
    @Test
    void aMissingClassOfTheApplicationIsNotTakenForGson() {
        NoClassDefFoundError e = assertThrows(NoClassDefFoundError.class, () -> Json.encode(new NeedsMore()));
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
        return Json.decode(text, type, (what, line, column, cause) -> new IOException(what));
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

    /** Loads the classes of this module, and neither Gson nor anything else. */
    @Test
    void withoutGsonTheErrorSaysWhatToAddEachTime() throws Exception {
        URL classes = Json.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader bare = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> json = Class.forName(Json.class.getName(), true, bare);
            Method encode = json.getMethod("encode", Object.class);
            Method decode = json.getMethod(
                    "decode", String.class, Type.class, Class.forName(JsonRefusal.class.getName(), true, bare));
            for (int i = 0; i < 2; i++) {
                assertSaysWhatToAdd(assertThrows(InvocationTargetException.class, () -> encode.invoke(null, "x")));
                assertSaysWhatToAdd(assertThrows(
                        InvocationTargetException.class, () -> decode.invoke(null, "1", Integer.class, null)));
            }
        }
    }

    private static void assertSaysWhatToAdd(InvocationTargetException e) {
        IllegalStateException cause = assertInstanceOf(IllegalStateException.class, e.getCause());
        assertTrue(cause.getMessage().contains("com.google.code.gson:gson"), cause.getMessage());
    }
}
