package io.twintrace.websocket.benchmarks.endtoend.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelMatchers;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Netty on native epoll, with one event loop for each processor. Sends back the frame that arrived, without a copy. */
final class NettyServer implements TestServer {
    private static final int MAX_REQUEST = 16 * 1024;
    private static final int WINDOW_BITS = 15;

    private final ChannelGroup connected = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** Takes the message limit. */
    public static void main(String[] args) throws Exception {
        ServerProcess.run(args[0], new NettyServer());
    }

    @Override
    public int start(int messageLimit) throws Exception {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerSocketChannel> channelClass =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        if (!epoll) {
            System.err.println("Netty: no native epoll here, NIO instead: " + Epoll.unavailabilityCause());
        }
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(Runtime.getRuntime().availableProcessors(), io);
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(channelClass)
                .option(ChannelOption.SO_BACKLOG, ACCEPT_QUEUE)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Pipeline(messageLimit, connected))
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** Netty with Unsafe allocates direct memory that the virtual machine does not count. */
    @Override
    public long uncountedBytes() {
        return Math.max(0, PlatformDependent.usedDirectMemory());
    }

    private static final class Pipeline extends ChannelInitializer<Channel> {
        private final int messageLimit;
        private final ChannelGroup connected;

        Pipeline(int messageLimit, ChannelGroup connected) {
            this.messageLimit = messageLimit;
            this.connected = connected;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(MAX_REQUEST))
                    .addLast(new WebSocketServerExtensionHandler(new PerMessageDeflateServerExtensionHandshaker(
                            PEERS_DEFLATE_LEVEL, false, WINDOW_BITS, false, false, messageLimit)))
                    .addLast(new WebSocketServerProtocolHandler("/", null, true, messageLimit, false, true))
                    .addLast(new WebSocketFrameAggregator(messageLimit))
                    .addLast(new Frames(connected));
        }
    }

    /** Echoes or broadcasts, depending on the path of the request. Flushes once for all messages of one read. */
    private static final class Frames extends SimpleChannelInboundHandler<WebSocketFrame> {
        private final ChannelGroup connected;
        private boolean broadcasts;

        Frames(ChannelGroup connected) {
            this.connected = connected;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (event instanceof HandshakeComplete handshake
                    && handshake.requestUri().equals("/broadcast")) {
                broadcasts = true;
                connected.add(context.channel());
            }
            super.userEventTriggered(context, event);
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // the benchmark ignores disconnected peers
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            if (broadcasts) {
                connected.write(frame.retain(), ChannelMatchers.all(), true);
            } else {
                context.write(frame.retain(), context.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (broadcasts) {
                connected.flush();
            } else {
                context.flush();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof IOException)) { // a disconnected client causes an IOException
                cause.printStackTrace();
            }
            var unused = context.close();
        }
    }
}
