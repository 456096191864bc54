package io.twintrace.websocket.benchmarks.endtoend.server;

import io.twintrace.websocket.internal.io.VirtualThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * What the JDK costs without a library: an echo that reads from its channels, unmasks, and writes back. No checks, no
 * timeouts, no close handshake. Takes messages up to 8 KiB. Not one of the servers that the comparison starts, since it
 * cannot broadcast.
 */
final class BareServer {
    /** How many threads the selector wakes together. */
    private static final int MAX_TOGETHER = 32;

    private BareServer() {}

    /**
     * Prints the port. Ends with standard input.
     *
     * @param args who waits for input: {@code threads}, a virtual thread for each connection, as by default; {@code
     *     selector}, one thread that answers too; or {@code both}, a selector that reads, and wakes a virtual thread for
     *     each connection
     */
    public static void main(String[] args) throws Exception {
        Waiting waiting = switch (args.length == 0 ? "threads" : args[0]) {
            case "threads" -> BareServer::serve;
            case "selector" -> new Selecting(Answering::new)::add;
            case "both" -> new Selecting(Reading::new)::add;
            default -> throw new IllegalArgumentException("\"" + args[0] + "\": use threads, selector or both");
        };
        ServerSocketChannel server = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TestServer.ACCEPT_QUEUE);
        start(() -> {
            while (true) {
                SocketChannel channel = server.accept();
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                start(() -> {
                    BareProtocol.upgrade(channel);
                    waiting.begin(channel);
                });
            }
        });
        System.out.println("port " + server.socket().getLocalPort());
        while (System.in.read() >= 0) {}
        Runtime.getRuntime().halt(0);
    }

    private interface Task {
        void run() throws Exception;
    }

    private interface Waiting {
        void begin(SocketChannel channel) throws Exception;
    }

    private static void start(Task task) {
        VirtualThreads.start("bare", ClassLoader.getSystemClassLoader(), () -> {
            try {
                task.run();
            } catch (IOException e) {
                // The peer has gone.
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    private static void serve(SocketChannel channel) throws IOException {
        try (channel) {
            ByteBuffer in = ByteBuffer.allocateDirect(BareProtocol.BUFFER_SIZE);
            ByteBuffer out = ByteBuffer.allocateDirect(BareProtocol.BUFFER_SIZE);
            while (channel.read(in) >= 0) {
                BareProtocol.echo(channel, in, out);
            }
        }
    }

    /** What a selector does for one connection. */
    private abstract static class Selected {
        final SocketChannel channel;
        final ByteBuffer in = ByteBuffer.allocateDirect(BareProtocol.BUFFER_SIZE);

        Selected(SocketChannel channel) {
            this.channel = channel;
        }

        /** Reads once. Closes the channel if the peer has gone. */
        final void read() {
            try {
                if (channel.read(in) < 0) {
                    close(channel);
                }
            } catch (IOException e) {
                close(channel);
            }
        }

        /** Returns the thread to wake; null for none. */
        abstract Thread found() throws IOException;
    }

    /** Reads, and answers. */
    private static final class Answering extends Selected {
        /** The selector's thread is the only one. */
        private static final ByteBuffer OUT = ByteBuffer.allocateDirect(BareProtocol.BUFFER_SIZE);

        Answering(SocketChannel channel) {
            super(channel);
        }

        @Override
        Thread found() throws IOException {
            read();
            if (channel.isOpen()) {
                BareProtocol.echo(channel, in, OUT);
            }
            return null;
        }
    }

    /**
     * Reads, and leaves the answer to a virtual thread. Until that has answered, the selector finds later input in vain,
     * which comes only if the peer does not wait for the answer, or is quicker than the thread.
     */
    private static final class Reading extends Selected {
        private final Thread thread = VirtualThreads.unstarted(this::answer);

        /** Whether the thread has to answer, and the selector must not read. */
        private volatile boolean hasRead;

        Reading(SocketChannel channel) {
            super(channel);
            thread.start();
        }

        @Override
        Thread found() throws IOException {
            if (hasRead) {
                return null; // the next selection finds the input again
            }
            read();
            hasRead = true;
            return thread;
        }

        private void answer() {
            ByteBuffer out = ByteBuffer.allocateDirect(BareProtocol.BUFFER_SIZE);
            try (channel) {
                while (channel.isOpen()) {
                    if (hasRead) {
                        BareProtocol.echo(channel, in, out);
                        hasRead = false;
                    } else {
                        LockSupport.park(this);
                    }
                }
            } catch (IOException e) {
                // The peer has gone.
            }
        }
    }

    private interface Kind {
        Selected of(SocketChannel channel);
    }

    /** A selector and its thread. */
    private static final class Selecting {
        private final Kind kind;
        private final Selector selector = Selector.open();
        private final Queue<SocketChannel> added = new ConcurrentLinkedQueue<>();
        private final List<Thread> due = new ArrayList<>();

        Selecting(Kind kind) throws IOException {
            this.kind = kind;
            Thread thread = new Thread(this::select, "selector");
            thread.setDaemon(true);
            thread.start();
        }

        void add(SocketChannel channel) throws IOException {
            channel.configureBlocking(false);
            added.add(channel);
            selector.wakeup();
        }

        private void select() {
            try {
                while (true) {
                    for (SocketChannel channel; (channel = added.poll()) != null; ) {
                        channel.register(selector, SelectionKey.OP_READ, kind.of(channel));
                    }
                    selector.select(this::found);
                    wake();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private void found(SelectionKey key) {
            try {
                Thread thread = ((Selected) key.attachment()).found();
                if (thread != null) {
                    due.add(thread);
                }
            } catch (IOException | RuntimeException e) { // the peer has gone, or has sent too much
                close(key.channel());
            }
            if (due.size() == MAX_TOGETHER) {
                wake();
            }
        }

        private void wake() {
            due.forEach(LockSupport::unpark);
            due.clear();
        }
    }
}
