package io.twintrace.websocket.benchmarks.endtoend.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws groups of horizontal bars as SVG. The colors follow the reader's choice of light or dark. */
public final class BarChart {
    /**
     * Bars of one scale.
     *
     * @param unit the unit of the values
     */
    public record Group(String title, String unit, List<Bar> bars) {
        /** Copies the list. */
        public Group {
            bars = List.copyOf(bars);
        }
    }

    /**
     * One bar.
     *
     * @param value shown as a dash if it is not a number
     * @param emphasized whether it stands out
     */
    public record Bar(String label, double value, boolean emphasized) {}

    private static final int WIDTH = 760;
    private static final int MARGIN = 16;
    private static final int LABEL_WIDTH = 240;
    private static final int VALUE_WIDTH = 100;
    private static final int BAR_WIDTH = WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH;
    private static final int BAR_HEIGHT = 14;
    private static final int BAR_STEP = 20;
    private static final int TITLE_HEIGHT = 40;
    private static final int GROUP_TITLE_HEIGHT = 42;
    private static final int GROUP_GAP = 18;

    private static final String STYLE = """
              <style>
                text { font: 12px system-ui, sans-serif; fill: #1f2328; }
                .title { font-size: 16px; font-weight: 600; }
                .group { font-size: 13px; font-weight: 600; }
                .unit { fill: #59636e; }
                .page { fill: #ffffff; }
                .bar { fill: #8c959f; }
                .own { fill: #0969da; }
                @media (prefers-color-scheme: dark) {
                  text { fill: #e6edf3; }
                  .unit { fill: #9198a1; }
                  .page { fill: #0d1117; }
                  .bar { fill: #656c76; }
                  .own { fill: #4493f8; }
                }
              </style>
            """;

    private final String title;
    private final List<Group> groups = new ArrayList<>();

    /** Takes the title. */
    public BarChart(String title) {
        this.title = title;
    }

    /** Adds a group below the others. */
    public void add(Group group) {
        groups.add(group);
    }

    /** Returns the whole document. */
    public String svg() {
        StringBuilder body = new StringBuilder();
        text(body, "title", MARGIN, MARGIN + BAR_HEIGHT, "start", title);
        int y = MARGIN + TITLE_HEIGHT;
        for (Group group : groups) {
            y = group(body, group, y) + GROUP_GAP;
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" height=\"%2$d\" "
                        .formatted(WIDTH, y)
                + "role=\"img\">\n  <title>" + escape(title) + "</title>\n" + STYLE
                + "  <rect class=\"page\" width=\"100%\" height=\"100%\"/>\n" + body + "</svg>\n";
    }

    /** Draws a group. Returns the position of the next one. */
    private static int group(StringBuilder body, Group group, int top) {
        text(body, "group", MARGIN, top + BAR_HEIGHT, "start", group.title());
        text(body, "unit", MARGIN, top + 2 * BAR_HEIGHT + 2, "start", group.unit());
        double largest = group.bars().stream()
                .mapToDouble(Bar::value)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(1);
        int y = top + GROUP_TITLE_HEIGHT;
        for (Bar bar : group.bars()) {
            bar(body, bar, largest, y);
            y += BAR_STEP;
        }
        return y;
    }

    private static void bar(StringBuilder body, Bar bar, double largest, int y) {
        boolean known = !Double.isNaN(bar.value());
        double width = known && largest > 0 ? Math.max(1, BAR_WIDTH * bar.value() / largest) : 0;
        int left = MARGIN + LABEL_WIDTH;
        int baseline = y + BAR_HEIGHT - 3;
        text(body, "", left - 8, baseline, "end", bar.label());
        body.append(String.format(
                Locale.ROOT,
                "  <rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
                bar.emphasized() ? "own" : "bar",
                left,
                y,
                width,
                BAR_HEIGHT));
        String value = known ? String.format(Locale.ROOT, "%,.0f", bar.value()) : "-";
        text(body, "", left + (int) width + 6, baseline, "start", value);
    }

    private static void text(StringBuilder body, String style, int x, int y, String anchor, String text) {
        body.append(String.format(
                Locale.ROOT,
                "  <text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n",
                style,
                x,
                y,
                anchor,
                escape(text)));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
