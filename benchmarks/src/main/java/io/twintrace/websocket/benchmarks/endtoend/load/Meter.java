package io.twintrace.websocket.benchmarks.endtoend.load;

import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Records counts, times and the server's CPU time during the measurement. */
final class Meter {
    private static final long LONGEST = Duration.ofMinutes(10).toNanos();
    private static final int DIGITS = 3;
    private static final double NANOS = 1e9;
    private static final double MICROS = 1e3;

    private final long pid;
    private final Histogram latencies = new Histogram(LONGEST, DIGITS);
    private long count;
    private boolean runs;
    private long begin = Long.MAX_VALUE;
    private long end = Long.MAX_VALUE;
    private Duration serverCpu = Duration.ZERO;
    private Duration ownCpu = Duration.ZERO;

    /** Takes the server's process id, or 0. */
    Meter(long pid) {
        this.pid = pid;
    }

    void begin() {
        serverCpu = cpu(pid);
        ownCpu = cpu(ProcessHandle.current().pid());
        begin = System.nanoTime();
        runs = true;
    }

    void end() {
        runs = false;
        end = System.nanoTime();
        serverCpu = cpu(pid).minus(serverCpu);
        ownCpu = cpu(ProcessHandle.current().pid()).minus(ownCpu);
    }

    /** Counts a reply. Records its latency if the message was sent during the measurement, even if it arrives later. */
    void record(long sentAt, long now) {
        if (runs) {
            count++;
        }
        if (sentAt >= begin && sentAt <= end) {
            latencies.recordValue(Math.min(LONGEST, Math.max(0, now - sentAt)));
        }
    }

    /** Returns one line of JSON, with the keys of the generator that is written in C. */
    String json(LoadSettings settings, String what, long errors) {
        double seconds = (end - begin) / NANOS;
        double cpu = serverCpu.toNanos() / NANOS;
        return String.format(
                Locale.ROOT,
                "{\"mode\":\"%s\",\"conns\":%d,\"size\":%d,\"depth\":%d,\"seconds\":%.3f,\"%s_per_s\":%.1f,"
                        + "\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f,"
                        + "\"server_cpu_s\":%.2f,\"%s_per_server_cpu_s\":%.1f,\"client_cpu_util\":%.3f,\"errors\":%d}",
                settings.mode(),
                settings.conns(),
                settings.size(),
                settings.depth(),
                seconds,
                what,
                count / seconds,
                percentile(50),
                percentile(99),
                percentile(99.9),
                percentile(100),
                cpu,
                what,
                cpu > 0 ? count / cpu : 0,
                ownCpu.toNanos() / NANOS / seconds,
                errors);
    }

    private double percentile(double which) {
        return latencies.getValueAtPercentile(which) / MICROS;
    }

    private static Duration cpu(long process) {
        return ProcessHandle.of(process)
                .flatMap(handle -> handle.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }
}
