package io.twintrace.websocket.benchmarks.endtoend.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class BarChartTest {
    @Test
    void isXmlWithABarForEachValueOfTheSameScale() throws Exception {
        BarChart chart = new BarChart("a < b & c");
        chart.add(new BarChart.Group(
                "first",
                "a second",
                List.of(
                        new BarChart.Bar("whole", 2000, true),
                        new BarChart.Bar("half", 1000, false),
                        new BarChart.Bar("unknown", Double.NaN, false))));
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(chart.svg().getBytes(StandardCharsets.UTF_8)));
        NodeList rectangles = document.getElementsByTagName("rect");
        assertEquals(4, rectangles.getLength()); // the page is the first
        assertEquals(width(rectangles, 1), 2 * width(rectangles, 2));
        assertEquals(0, width(rectangles, 3));
        assertTrue(chart.svg().contains("prefers-color-scheme: dark"));
    }

    private static double width(NodeList rectangles, int index) {
        return Double.parseDouble(((Element) rectangles.item(index)).getAttribute("width"));
    }
}
