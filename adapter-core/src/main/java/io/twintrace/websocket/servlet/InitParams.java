package io.twintrace.websocket.servlet;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.OriginPolicy;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The servlet's init-params. An unknown or malformed one is an error that stops the deployment. Otherwise a misspelled
 * limit would be no limit. Names with a dot belong to the application and are ignored.
 */
final class InitParams {
    /** The class of the handler or listener; not a connection option. */
    static final String HANDLER = "handler";

    private static final String EITHER = WebSocketHandler.class.getName() + " or " + WebSocketListener.class.getName();

    private static final String WRITE_DISCIPLINE = "write-discipline";
    private static final String HANDLER_THREAD = "handler-thread";
    private static final String FIRST_WRITER = "first-writer";

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*(|B|KiB|MiB|GiB)", Pattern.CASE_INSENSITIVE);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(us|ms|s|m|h)");

    private static final Map<String, BiConsumer<WebSocketOptions.Builder, String>> SETTERS =
            new TreeMap<>(Map.ofEntries(
                    Map.entry("origins", (b, v) -> b.originPolicy(origins(v))),
                    Map.entry("subprotocols", (b, v) -> b.subprotocols(list(v))),
                    Map.entry("read-limit", (b, v) -> b.readLimit(size(v))),
                    Map.entry("fragment-limit", (b, v) -> b.fragmentLimit(number(v))),
                    Map.entry("handshake-timeout", (b, v) -> b.handshakeTimeout(duration(v))),
                    Map.entry("close-timeout", (b, v) -> b.closeTimeout(duration(v))),
                    Map.entry("idle-timeout", (b, v) -> b.idleTimeout(duration(v))),
                    Map.entry("ping-interval", (b, v) -> b.pingInterval(duration(v))),
                    Map.entry("pong-timeout", (b, v) -> b.pongTimeout(duration(v))),
                    Map.entry("write-timeout", (b, v) -> b.writeTimeout(duration(v))),
                    Map.entry("pending-write-limit", (b, v) -> b.pendingWriteLimit(intSize(v))),
                    Map.entry("slow-call-threshold", (b, v) -> b.slowCallThreshold(duration(v))),
                    Map.entry("read-buffer-size", (b, v) -> b.readBufferSize(intSize(v))),
                    Map.entry("write-buffer-size", (b, v) -> b.writeBufferSize(intSize(v))),
                    Map.entry("unread-threshold", (b, v) -> b.unreadThreshold(duration(v))),
                    Map.entry("write-coalescing", (b, v) -> b.writeCoalescing(isOn(v))),
                    Map.entry("coalescing-delay", (b, v) -> b.coalescingDelay(duration(v))),
                    Map.entry("max-connections", (b, v) -> b.maxConnections(number(v))),
                    Map.entry("max-connections-per-address", (b, v) -> b.maxConnectionsPerAddress(number(v))),
                    Map.entry("retry-after", (b, v) -> b.retryAfter(duration(v))),
                    Map.entry("stop-reason", (b, v) -> b.stopReason(v)),
                    Map.entry("detector-level", (b, v) -> b.detectorLevel(level(v))),
                    Map.entry(WRITE_DISCIPLINE, (b, v) -> b.writeDiscipline(discipline(v))),
                    Map.entry("outbox-messages", (b, v) -> b.outbox(b.outbox().withMaxMessages(number(v)))),
                    Map.entry("outbox-bytes", (b, v) -> b.outbox(b.outbox().withMaxBytes(intSize(v)))),
                    Map.entry("outbox-when-full", (b, v) -> b.outbox(b.outbox().withWhenFull(whenFull(v)))),
                    Map.entry("roles", (b, v) -> b.roles(list(v))),
                    Map.entry("session-end", (b, v) -> b.session(b.session().withCloseCode(sessionEnd(v)))),
                    Map.entry(
                            "session-keep-alive",
                            (b, v) -> b.session(b.session().withKeepAlive(isOn(v)))),
                    Map.entry("compression", (b, v) -> b.deflate(b.deflate().withEnabled(isOn(v)))),
                    Map.entry(
                            "compression-context-takeover",
                            (b, v) -> b.deflate(b.deflate().withContextTakeover(isOn(v)))),
                    Map.entry(
                            "compression-client-window",
                            (b, v) -> b.deflate(b.deflate().withClientWindow(intSize(v)))),
                    Map.entry(
                            "compression-level", (b, v) -> b.deflate(b.deflate().withLevel(number(v)))),
                    Map.entry(
                            "compression-threshold",
                            (b, v) -> b.deflate(b.deflate().withThreshold(intSize(v))))));

    private InitParams() {}

    /**
     * Applies the params to the options in {@code base}. Returns the same object if there are none to apply, so that
     * servlets with the same options share their pools.
     *
     * @throws IllegalArgumentException for the first wrong param; for an unknown name it lists the valid ones
     *     and suggests one
     */
    static WebSocketOptions apply(WebSocketOptions base, Map<String, String> params) {
        Map<String, String> options = new LinkedHashMap<>(params);
        options.keySet().removeIf(name -> name.equals(HANDLER) || name.contains("."));
        if (options.isEmpty()) {
            return base;
        }
        WebSocketOptions.Builder builder = base.toBuilder();
        options.forEach((name, value) -> apply(builder, name, value));
        return builder.build();
    }

    /** Checks the params without a servlet. */
    static void check(Map<String, String> params) {
        WebSocketOptions unused = apply(WebSocketOptions.defaults(), params);
    }

    /**
     * Finds the class of the handler or listener without running any of its code.
     *
     * @throws IllegalArgumentException if it is not exactly one of the two
     */
    static Constructor<?> handlerConstructor(String className, ClassLoader loader) {
        try {
            // An embedded context may have no class loader of its own; null would mean the platform's.
            Class<?> found = Class.forName(
                    className.strip(), false, loader != null ? loader : InitParams.class.getClassLoader());
            if (isHandler(found) == isListener(found)) {
                throw new ClassCastException("it implements " + (isHandler(found) ? "both" : "neither"));
            }
            if (!Modifier.isPublic(found.getModifiers()) || Modifier.isAbstract(found.getModifiers())) {
                throw new ClassCastException("it is " + Modifier.toString(found.getModifiers()));
            }
            return found.getConstructor();
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new IllegalArgumentException(
                    "init-param \"" + HANDLER + "\" has the value \"" + className
                            + "\", which must be a public class, not abstract, that has a public constructor without"
                            + " parameters"
                            + " and implements " + EITHER + ": " + e,
                    e);
        }
    }

    private static boolean isHandler(Class<?> type) {
        return WebSocketHandler.class.isAssignableFrom(type);
    }

    /** Tells whether a class is a listener. */
    static boolean isListener(Class<?> type) {
        return WebSocketListener.class.isAssignableFrom(type);
    }

    /** Rejects params that do not work with a listener. */
    static void checkForListener(Map<String, String> params) {
        String discipline = params.get(WRITE_DISCIPLINE);
        String name = discipline == null ? "" : discipline.strip().toLowerCase(Locale.ROOT);
        if (name.equals(HANDLER_THREAD) || name.equals(FIRST_WRITER)) {
            throw new IllegalArgumentException("init-param \"" + WRITE_DISCIPLINE + "\" has the value \"" + discipline
                    + "\", but different threads call a WebSocketListener: use connection-lock or none");
        }
    }

    /** Returns the error for an upgrade servlet without a handler. */
    static IllegalArgumentException noHandler() {
        return new IllegalArgumentException(
                "no handler: set the init-param \"" + HANDLER + "\" to the name of a class that implements " + EITHER);
    }

    private static void apply(WebSocketOptions.Builder builder, String name, String value) {
        BiConsumer<WebSocketOptions.Builder, String> setter = SETTERS.get(name);
        if (setter == null) {
            throw new IllegalArgumentException(
                    "unknown init-param \"" + name + "\"; " + validNames() + suggestion(name));
        }
        try {
            setter.accept(builder, value.strip());
            WebSocketOptions unused = builder.build(); // so that errors of the combination name this param
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "init-param \"" + name + "\" has the value \"" + value + "\": " + e.getMessage(), e);
        }
    }

    private static String validNames() {
        return "valid names are " + HANDLER + ", " + String.join(", ", SETTERS.keySet())
                + " (names with a dot belong to the application)";
    }

    private static String suggestion(String name) {
        List<String> names = new ArrayList<>(SETTERS.keySet());
        names.add(HANDLER);
        return Spelling.nearest(name, names)
                .map(meant -> ". Did you mean \"" + meant + "\"?")
                .orElse("");
    }

    private static OriginPolicy origins(String value) {
        return value.equals("*") ? OriginPolicy.any() : OriginPolicy.allowing(list(value));
    }

    private static List<String> list(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    private static long size(String value) {
        Matcher matcher = SIZE.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a number of bytes, or of KiB, MiB or GiB, such as 64KiB");
        }
        int shift = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
            case "kib" -> 10;
            case "mib" -> 20;
            case "gib" -> 30;
            default -> 0;
        };
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
    }

    private static int intSize(String value) {
        long size = size(value);
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("must be at most " + Integer.MAX_VALUE + " bytes");
        }
        return (int) size;
    }

    private static Duration duration(String value) {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            return isoDuration(value);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> Duration.of(amount, ChronoUnit.MICROS);
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static Duration isoDuration(String value) {
        try {
            return Duration.parse(value);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("must be a duration such as 500ms, 30s, 5m, 1h or PT1M30S", e);
        }
    }

    private static boolean isOn(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw new IllegalArgumentException("must be on or off");
        };
    }

    private static Function<WebSocketConnection, WriteDiscipline> discipline(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "none" -> connection -> WriteDiscipline.none();
            case FIRST_WRITER -> connection -> WriteDiscipline.confinedToFirstWriter();
            case HANDLER_THREAD -> connection -> WriteDiscipline.confinedTo(Thread.currentThread());
            case "connection-lock" -> connection -> WriteDiscipline.guardedBy(connection.writeLock());
            case "connection-monitor" -> WriteDiscipline::guardedBy;
            default ->
                throw new IllegalArgumentException("must be none, handler-thread (only the handler writes),"
                        + " first-writer (only the thread that writes first on a connection), connection-lock (the"
                        + " writing thread holds connection.writeLock()) or connection-monitor (the writing thread is"
                        + " inside synchronized (connection))");
        };
    }

    private static WhenFull whenFull(String value) {
        String[] words = value.toLowerCase(Locale.ROOT).split("\\s+", 2);
        if (words.length == 2 && words[0].equals("block")) {
            return WhenFull.block(duration(words[1]));
        }
        if (words.length == 2 && words[0].equals("close")) {
            return WhenFull.closePeer(number(words[1]));
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "close" -> WhenFull.closePeer();
            case "drop-oldest" -> WhenFull.dropOldest();
            default ->
                throw new IllegalArgumentException(
                        "must be close, close 1008, drop-oldest, or block with a duration such as block 5s");
        };
    }

    private static int sessionEnd(String value) {
        String[] words = value.toLowerCase(Locale.ROOT).split("\\s+", 2);
        if (words.length == 2 && words[0].equals("close")) {
            return number(words[1]);
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "ignore" -> 0;
            case "close" -> CloseCode.POLICY_VIOLATION;
            default ->
                throw new IllegalArgumentException("must be ignore, close, or close with a code such as close 4401");
        };
    }

    private static DetectorLevel level(String value) {
        try {
            return DetectorLevel.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be calls, messages or traced", e);
        }
    }
}
