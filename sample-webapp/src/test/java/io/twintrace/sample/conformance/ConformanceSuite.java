package io.twintrace.sample.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.sample.it.SampleServer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the table against one server. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class ConformanceSuite {
    /** The public suite sends 1000 messages in each case with compression. */
    private static final int MESSAGES = Integer.getInteger("twintrace.conformance.messages", 20);

    private final Set<String> passed = new ConcurrentSkipListSet<>();
    private SampleServer server;

    /** Starts the server. */
    abstract SampleServer start() throws Exception;

    /** The server's name in the count. */
    abstract String name();

    /** The path of the servlet that echoes. */
    abstract String path();

    @BeforeAll
    void startServer() throws Exception {
        server = start();
    }

    static List<ConformanceCase> cases() {
        return ConformanceTable.read();
    }

    static Stream<ConformanceCase> shortCases() {
        return cases().stream().filter(row -> !row.isLong());
    }

    static Stream<ConformanceCase> longCases() {
        return cases().stream().filter(ConformanceCase::isLong);
    }

    /** Several at a time, since the end of a connection can take half a second on Tomcat. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("shortCases")
    @Execution(ExecutionMode.CONCURRENT)
    void theServerAnswersAsTheTableSays(ConformanceCase row) {
        hold(row);
    }

    /** One at a time, since they keep a server busy. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("longCases")
    void theServerAnswersManyOrLargeMessagesAsTheTableSays(ConformanceCase row) {
        hold(row);
    }

    private void hold(ConformanceCase row) {
        new Conversation(row, MESSAGES).hold(server.port(), server.path(path()));
        passed.add(row.number());
    }

    /** Compares the number of cases that really ran and passed with the number of rows. */
    @AfterAll
    void countAndEndServer() {
        if (server != null) {
            server.close();
        }
        int rows = cases().size();
        System.out.println("Conformance, " + name() + ": " + passed.size() + " of " + rows);
        assertEquals(rows, passed.size(), "cases that passed, of the rows in the table");
    }
}
