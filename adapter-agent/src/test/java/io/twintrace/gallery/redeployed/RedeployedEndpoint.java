package io.twintrace.gallery.redeployed;

import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A whole application, which the container finds by its annotation. It never forgets a session: whatever keeps one of
 * these in memory keeps this class too, and so does the reverse.
 */
@ServerEndpoint("/writers")
public final class RedeployedEndpoint {
    private static final Set<Session> SESSIONS = ConcurrentHashMap.newKeySet();
    private static final String PRICE = "ACME 42.17";

    /** No engine gets rid of it in one write. */
    private static final String LONG_PRICE = PRICE.repeat(50_000);

    private static final String NEWS = "ACME buys Ajax";

    /** If a client leaves during a send, Tomcat does not always tell the handler. */
    private static final int SECONDS_TO_SEND = 1;

    private final List<Thread> writers = new CopyOnWriteArrayList<>();
    private volatile boolean isStopped;

    @OnOpen
    public void remember(Session session) {
        SESSIONS.add(session);
    }

    /** Lets two methods write until it is told to stop, or sends an answer. */
    @OnMessage
    public void start(String message, Session session) throws IOException {
        switch (message) {
            case "race" -> {
                repeat("prices", () -> pushPrices(session));
                repeat("news", () -> pushNews(session));
            }
            case "unawaited" -> repeat("both", () -> sendUnawaited(session));
            case "leak" -> {
                start("leaking", () -> await(new CountDownLatch(1), Integer.MAX_VALUE));
                session.getBasicRemote().sendText("leaking");
            }
            case "stop" -> stop();
            default -> session.getBasicRemote().sendText(message);
        }
    }

    /** Before the client leaves: Tomcat may leave a thread that sends then inside its call for ever. */
    private void stop() {
        isStopped = true;
        try {
            for (Thread each : writers) {
                each.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.println("stopped");
    }

    @OnError
    public void ignore(Throwable failure) {
        // A client has left.
    }

    private static void pushPrices(Session session) {
        try {
            session.getBasicRemote().sendText(PRICE);
        } catch (IOException | RuntimeException e) {
            // The mistake, or the end.
        }
    }

    private static void pushNews(Session session) {
        try {
            session.getBasicRemote().sendText(NEWS);
        } catch (IOException | RuntimeException e) {
            // The mistake, or the end.
        }
    }

    private static void sendUnawaited(Session session) {
        CountDownLatch sent = new CountDownLatch(2);
        beginPrices(session, sent);
        beginNews(session, sent);
        await(sent, SECONDS_TO_SEND);
    }

    private static void beginPrices(Session session, CountDownLatch sent) {
        try {
            session.getAsyncRemote().sendText(LONG_PRICE, result -> sent.countDown());
        } catch (RuntimeException e) {
            sent.countDown();
        }
    }

    private static void beginNews(Session session, CountDownLatch sent) {
        try {
            session.getAsyncRemote().sendText(NEWS, result -> sent.countDown());
        } catch (RuntimeException e) {
            sent.countDown();
        }
    }

    private static void await(CountDownLatch latch, int seconds) {
        try {
            boolean unused = latch.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void repeat(String thread, Runnable push) {
        writers.add(start(thread, () -> {
            while (!isStopped) {
                push.run();
            }
        }));
    }

    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
