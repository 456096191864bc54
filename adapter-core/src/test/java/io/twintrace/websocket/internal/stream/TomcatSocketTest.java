package io.twintrace.websocket.internal.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import jakarta.servlet.http.WebConnection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A Tomcat without a thread for a socket event. */
class TomcatSocketTest {
    private static final Object SOCKET = new Object();

    /** Answers like Tomcat: true, false for a rejected task, or the error of a thread that cannot start. */
    public static final class Endpoint {
        private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        private final CountDownLatch stopped = new CountDownLatch(1);

        public boolean processSocket(Object socket, String event, boolean dispatch) {
            assertSame(SOCKET, socket);
            assertTrue(dispatch);
            Object answer = answers.remove();
            if (answer instanceof Error error) {
                throw error;
            }
            if (event.equals("STOP") && (boolean) answer) {
                stopped.countDown();
            }
            return (boolean) answer;
        }
    }

    private final OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
    private final WebConnection connection = mock(WebConnection.class);
    private final Endpoint endpoint = new Endpoint();

    private TomcatSocket socket() throws Exception {
        return new TomcatSocket(
                connection,
                endpoint,
                SOCKET,
                new TomcatSocket.Tomcat(
                        Object.class,
                        null,
                        null,
                        Endpoint.class.getMethod("processSocket", Object.class, String.class, boolean.class),
                        "OPEN_READ",
                        "STOP"));
    }

    private static void readHere() {
        throw new AssertionError("only Tomcat may read");
    }

    @Test
    void readingOnThatIsLostIsToldToItsCaller() throws Exception {
        TomcatSocket socket = socket();
        endpoint.answers.add(true);
        socket.resumeReading(TomcatSocketTest::readHere);
        endpoint.answers.add(false);
        assertThrows(RejectedExecutionException.class, () -> socket.resumeReading(TomcatSocketTest::readHere));
        endpoint.answers.add(noThread);
        IllegalStateException thrown =
                assertThrows(IllegalStateException.class, () -> socket.resumeReading(TomcatSocketTest::readHere));
        assertSame(noThread, thrown.getCause());
    }

    @Test
    void closingThatIsLostIsAskedForAgain() throws Exception {
        endpoint.answers.add(noThread);
        endpoint.answers.add(false);
        endpoint.answers.add(true);
        socket().close();
        verify(connection).close();
        assertTrue(endpoint.stopped.await(10, TimeUnit.SECONDS));
        assertEquals(0, endpoint.answers.size());
    }
}
