package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.IOException;

/** The load generator: one run, one line of JSON on standard output. Exits with 1 if anything was wrong. */
public final class LoadMain {
    private LoadMain() {}

    /** Takes the mode and then options with their values: see {@link LoadSettings}. */
    public static void main(String[] args) throws IOException {
        LoadSettings settings = LoadSettings.parse(args);
        long errors;
        try (ClientLoop loop = new ClientLoop(settings)) {
            Load load = switch (settings.mode()) {
                case "echo" -> new EchoLoad(settings, loop);
                case "broadcast" -> new BroadcastLoad(settings, loop);
                case "handshake" -> new HandshakeLoad(settings, loop);
                case "idle" -> new IdleLoad(settings, loop);
                default -> throw new IllegalArgumentException("no such mode: " + settings.mode());
            };
            String result = load.run();
            load.closeAll();
            System.out.println(result);
            errors = load.errors();
        }
        System.exit(errors == 0 ? 0 : 1);
    }
}
