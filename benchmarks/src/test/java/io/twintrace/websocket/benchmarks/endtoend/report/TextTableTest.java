package io.twintrace.websocket.benchmarks.endtoend.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAligned() {
        TextTable table = new TextTable(List.of("server", "n"));
        table.add(List.of("a", "1,000"));
        assertEquals(
                List.of("  server      n", "  a       1,000"),
                table.toString().lines().toList());
    }

    @Test
    void rowsAreAsLongAsTheHead() {
        assertThrows(IllegalArgumentException.class, () -> new TextTable(List.of("x")).add(List.of("1", "2")));
    }
}
