package io.twintrace.websocket.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Protocol;

/** A command for Redis. */
final class Command {
    private final Protocol.Command name;
    private final List<byte[]> arguments = new ArrayList<>();

    Command(Protocol.Command name) {
        this.name = name;
    }

    static Command of(Protocol.Command name, Object... arguments) {
        Command command = new Command(name);
        for (Object argument : arguments) {
            command.add(argument);
        }
        return command;
    }

    /** Adds bytes as they are, and anything else as text. */
    Command add(Object argument) {
        arguments.add(argument instanceof byte[] bytes ? bytes : bytes(argument.toString()));
        return this;
    }

    Protocol.Command name() {
        return name;
    }

    byte[][] arguments() {
        return arguments.toArray(byte[][]::new);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }
}
