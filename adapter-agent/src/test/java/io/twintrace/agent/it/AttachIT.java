package io.twintrace.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import io.twintrace.agent.it.Java.Result;
import io.twintrace.gallery.Gallery;
import io.twintrace.gallery.jakarta.Mistakes;
import io.twintrace.websocket.internal.jmx.ConcurrentWritesMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The agent comes to a container that serves sessions already, leaves it, and comes again. */
class AttachIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String DEFAULTS = "mode=report,level=messages";

    private final List<Client> clients = new ArrayList<>();
    private ContainerProcess process;

    /** In which the races go on, whatever the container thinks of them. */
    @BeforeEach
    void startWithoutTheAgent() throws Exception {
        process = ContainerProcess.start(Container.TOMCAT_11, List.of("-Dmistaken.failures=" + Integer.MAX_VALUE));
    }

    @AfterEach
    void stop() throws Exception {
        clients.forEach(Client::close);
        process.close();
    }

    @Test
    void aRaceThatRunsAlreadyIsReported() throws Exception {
        race("TwoLocks");
        String answer = succeed();
        assertTrue(answer.startsWith("watches writes to WebSocket sessions with " + DEFAULTS + "; classes"), answer);
        process.await("the report", PATIENCE, each -> Reports.names(each, methods("TwoLocks")));
    }

    @Test
    void theStatusCountsTheSessions() throws Exception {
        assertEquals("not running", succeed("status"));
        succeed();
        Client idle = open("HeartbeatScheduler");
        assertStatus(0, 0);
        race("TwoLocks");
        awaitReport("TwoLocks");
        assertStatus(1, 1);
        idle.send("go").join();
        awaitReport("HeartbeatScheduler");
        assertStatus(2, 2);
    }

    @Test
    void theOptionsAreThoseOfTheCommandLine() throws Exception {
        succeed("mode=fail,level=traced");
        race("TwoLocks");
        awaitReport("TwoLocks");
        assertTrue(succeed("status").startsWith("runs with mode=fail,level=traced;"));
        String already = "runs already with mode=fail,level=traced";
        assertEquals(already, succeed("level=traced,mode=fail"));
        String pid = Long.toString(process.pid());
        assertEquals(
                new Result(1, "not started: " + already + "; detach it first to change its options"),
                command(pid, "mode=report"));
        assertEquals(1, command(pid, "stat").exit());
        clients.get(0).close();
        String finished = process.await(
                "the end", PATIENCE, each -> each.startsWith("finished " + Gallery.MISTAKES + "TwoLocks"));
        assertTrue(finished.contains("ConcurrentWriteException"), finished);
    }

    @Test
    void afterItHasLeftTheApplicationGoesOnAsWithoutIt() throws Exception {
        String without = Transcript.of(process);
        succeed();
        race("TwoLocks");
        awaitReport("TwoLocks");
        String answer = succeed("detach");
        assertTrue(answer.startsWith("removed; it ran with " + DEFAULTS + "; sessions seen: 1;"), answer);
        assertEquals("not running", succeed("detach"));

        int reported = Reports.of(process).size();
        long received = clients.get(0).messages();
        race("HeartbeatScheduler");
        process.await("the overlap", PATIENCE, ("overlapped " + Gallery.MISTAKES + "HeartbeatScheduler")::equals);
        assertEquals(without, Transcript.of(process));
        assertEquals(reported, Reports.of(process).size());
        assertTrue(clients.get(0).awaitMoreThan(received, PATIENCE));
    }

    /** Also in sessions that it has seen before. */
    @Test
    void itComesAgain() throws Exception {
        succeed();
        race("TwoLocks");
        awaitReport("TwoLocks");
        succeed("detach");
        int before = process.lines().size();
        succeed("level=traced");
        process.await("a report", PATIENCE, before, each -> Reports.names(each, methods("TwoLocks")));
        race("HeartbeatScheduler");
        awaitReport("HeartbeatScheduler");
        String status = succeed("status");
        String expected = "runs with mode=report,level=traced; sessions seen: 2; sessions with a concurrent write: 2;";
        assertTrue(status.startsWith(expected), status);
    }

    @SuppressWarnings("BanJNDI") // the address is that of a process of this test
    @Test
    void itsBeanTellsTheVersionAndTheReports() throws Exception {
        succeed();
        race("TwoLocks");
        awaitReport("TwoLocks");
        ObjectName name = new ObjectName("io.twintrace.websocket:type=ConcurrentWrites,application=\"agent\"");
        VirtualMachine jvm = VirtualMachine.attach(Long.toString(process.pid()));
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(jvm.startLocalManagementAgent()))) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            ConcurrentWritesMXBean bean = JMX.newMXBeanProxy(beans, name, ConcurrentWritesMXBean.class);
            assertEquals(System.getProperty("agent.version"), bean.getLibraryVersion());
            assertEquals(1, bean.getDetected());
            assertTrue(Reports.names(bean.getLastSummaries()[0], Gallery.MISTAKES + "TwoLocks", methods("TwoLocks")));
            succeed("detach");
            assertFalse(beans.isRegistered(name));
        } finally {
            jvm.detach();
        }
    }

    @Test
    void aRecordingHoldsBothStacks(@TempDir Path folder) throws Exception {
        Java.jcmd(process.pid(), "JFR.start", "name=pairs");
        succeed();
        race("TwoLocks");
        awaitReport("TwoLocks");
        List<RecordedEvent> pairs = recordedPairs(folder);
        assertEquals(1, pairs.size(), pairs::toString);
        String stacks = pairs.get(0).getString("firstStack") + pairs.get(0).getString("secondStack");
        assertTrue(methods("TwoLocks").stream().allMatch(stacks::contains), stacks);
        assertEquals(Gallery.MISTAKES + "TwoLocks", pairs.get(0).getString("path"));
    }

    /** Dumps the recording until it has an event, which comes after the line in the log. */
    private List<RecordedEvent> recordedPairs(Path folder) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<RecordedEvent> pairs = List.of();
        for (int dump = 0; pairs.isEmpty() && System.nanoTime() - deadline < 0; dump++) {
            Path file = folder.resolve("pairs-" + dump + ".jfr");
            Java.jcmd(process.pid(), "JFR.dump", "name=pairs", "filename=" + file);
            pairs = RecordingFile.readAllEvents(file).stream()
                    .filter(each -> each.getEventType().getName().equals("twintrace.ConcurrentWrite"))
                    .toList();
        }
        return pairs;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    mode=loud | unknown value in "mode=loud". Valid are report, fail
                    level=all | unknown value in "level=all". Valid are calls, messages, traced
                    stop      | unknown option "stop". Valid are mode=report, mode=fail, level=calls, level=messages, level=traced, async=true and async=false, with commas between them. The commands are status and detach
                    """)
    void itRefusesWrongOptionsAndNamesTheValidOnes(String options, String why) throws Exception {
        Result result = command(Long.toString(process.pid()), options);
        assertEquals(new Result(1, "not started: " + why), result);
        assertEquals("not running", succeed("status"));
        race("TwoLocks");
        process.await("the overlap", PATIENCE, ("overlapped " + Gallery.MISTAKES + "TwoLocks")::equals);
        assertEquals(List.of(), Reports.of(process));
    }

    @Test
    void itRefusesWhatIsNoProcess() throws Exception {
        Result nobody = command(Long.toString(Integer.MAX_VALUE));
        assertEquals(1, nobody.exit());
        assertTrue(nobody.output().startsWith("cannot reach process 2147483647: "), nobody::output);
        Result noNumber = command("tomcat");
        assertEquals(2, noNumber.exit());
        assertTrue(noNumber.output().contains("java -jar twintrace-agent.jar PID [OPTIONS]"), noNumber::output);
    }

    private void race(String name) throws Exception {
        open(name).send("go").join();
    }

    private Client open(String name) throws Exception {
        Client client = Client.open(process.uri(Gallery.MISTAKES + name));
        clients.add(client);
        return client;
    }

    private void awaitReport(String name) {
        process.await(
                "the report of " + name, PATIENCE, each -> Reports.names(each, Gallery.MISTAKES + name, methods(name)));
    }

    private static Set<String> methods(String name) {
        return Mistakes.gallery().atFault(name);
    }

    private void assertStatus(int sessions, int reported) throws Exception {
        String expected = "runs with " + DEFAULTS + "; sessions seen: " + sessions
                + "; sessions with a concurrent write: " + reported + "; further overlaps on them: ";
        String status = succeed("status");
        assertTrue(status.startsWith(expected), status);
    }

    /** Executes the command for the container, and returns the answer. */
    private String succeed(String... arguments) throws Exception {
        String pid = Long.toString(process.pid());
        Result result =
                command(Stream.concat(Stream.of(pid), Arrays.stream(arguments)).toArray(String[]::new));
        assertEquals(0, result.exit(), result::output);
        return result.output();
    }

    private static Result command(String... arguments) throws Exception {
        return Java.run(Stream.concat(Stream.of("-jar", AgentJar.path().toString()), Arrays.stream(arguments))
                .toArray(String[]::new));
    }
}
