package io.twintrace.sample;

import com.google.gson.Gson;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Returns the report of a race to the page as JSON. */
public final class RaceReportServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String APPLICATION = RaceReportServlet.class.getPackageName() + ".";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String run = request.getParameter("run");
        ConcurrentWriteReport report = run == null ? null : RaceReports.get(run);
        response.setHeader("Cache-Control", "no-store");
        if (report == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND, "no race with that number, or it is still running");
            return;
        }
        response.setContentType("application/json;charset=utf-8");
        response.getWriter().print(new Gson().toJson(Report.of(report)));
    }

    private record Report(String connection, String time, String summary, String log, Side first, Side second) {
        static Report of(ConcurrentWriteReport report) {
            return new Report(
                    report.connection().toString(),
                    report.time().toString(),
                    report.summary(),
                    report.render(),
                    Side.of(report.first()),
                    Side.of(report.second()));
        }
    }

    private record Side(String thread, String operation, List<Frame> stack) {
        static Side of(Writer writer) {
            List<Frame> frames = new ArrayList<>();
            boolean marked = false;
            for (StackTraceElement element : writer.stack()) {
                boolean application = element.getClassName().startsWith(APPLICATION);
                frames.add(new Frame(element.toString(), application, application && !marked));
                marked |= application;
            }
            return new Side(writer.thread(), writer.operation(), frames);
        }
    }

    private record Frame(String frame, boolean application, boolean colliding) {}
}
