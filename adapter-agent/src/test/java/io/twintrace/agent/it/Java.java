package io.twintrace.agent.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The JDK of this test. */
final class Java {
    private Java() {}

    /** Returns the path of its program. */
    static String program() {
        return Path.of(home(), "bin", "java").toString();
    }

    static String home() {
        return System.getProperty("java.home");
    }

    /**
     * How a program has ended.
     *
     * @param exit its exit code
     * @param output its standard output and standard error
     */
    record Result(int exit, String output) {}

    /** Runs it to its end. */
    static Result run(String... arguments) throws IOException, InterruptedException {
        return runProgram(program(), arguments);
    }

    /** Returns what a JVM answers to a command of jcmd. */
    static String jcmd(long pid, String... command) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(Long.toString(pid)));
        arguments.addAll(List.of(command));
        Result result = runProgram(Path.of(home(), "bin", "jcmd").toString(), arguments.toArray(String[]::new));
        if (result.exit() != 0) {
            throw new IOException(result.output());
        }
        return result.output();
    }

    private static Result runProgram(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output.strip());
    }
}
