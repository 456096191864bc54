package io.twintrace.websocket.servlet;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import io.twintrace.websocket.internal.handshake.Handshake;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Upgrades requests to WebSocket connections. Runs a {@link WebSocketHandler} for each connection, or calls a
 * {@link WebSocketListener}. The same class works in every container. You can use it in three ways:
 *
 * <ul>
 *   <li>as a superclass: override {@link #handle}, or pass a listener to the constructor, and annotate your class with
 *       {@code @WebServlet};
 *   <li>in web.xml: name this class, and put the class of the handler or listener in the init-param {@code handler};
 *   <li>embedded: {@code new UpgradeServlet(handler, options)}.
 * </ul>
 *
 * <p>Options come from the constructor or {@link #defaultOptions()}. Init-params override them: {@code origins},
 * {@code subprotocols}, {@code read-limit}, {@code idle-timeout} and so on. An unknown or malformed one makes
 * the start of the servlet fail. The servlet need not be {@code async-supported}.
 *
 * <p>The servlet logs concurrent writes, and exceptions that a handler or listener throws, with
 * {@code ServletContext.log}. {@link #destroy()} closes every connection with 1001 and waits for the handlers for a
 * limited time.
 */
public class UpgradeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final AtomicBoolean ANY_HANDLER_GIVEN = new AtomicBoolean();

    private final transient WebSocketHandler givenHandler;
    private final transient WebSocketListener givenListener;
    private final transient WebSocketOptions givenOptions;

    private transient WebSocketHandler handler;
    private transient WebSocketOptions options;
    private transient Handshake answerer;
    private transient SocketHandover handover;
    private transient Connections connections;
    private transient RefusalLog refusals;
    private transient Management management;

    /** For subclasses that override {@link #handle}, and for web.xml with the init-param {@code handler}. */
    public UpgradeServlet() {
        this(null, null, null);
    }

    /**
     * Serves connections with a handler and {@link #defaultOptions()}.
     *
     * @param handler called for each connection, by many threads at once
     */
    public UpgradeServlet(WebSocketHandler handler) {
        this(handler, null, null);
    }

    /**
     * Serves connections with a handler and the given options, for embedding.
     *
     * @param handler called for each connection, by many threads at once
     * @param options init-params override them
     */
    public UpgradeServlet(WebSocketHandler handler, WebSocketOptions options) {
        this(handler, null, options);
    }

    /**
     * Serves connections with a listener and {@link #defaultOptions()}.
     *
     * @param listener called for all connections, by many threads at once
     */
    public UpgradeServlet(WebSocketListener listener) {
        this(null, listener, null);
    }

    /**
     * Serves connections with a listener and the given options, for embedding.
     *
     * @param listener called for all connections, by many threads at once
     * @param options init-params override them
     */
    public UpgradeServlet(WebSocketListener listener, WebSocketOptions options) {
        this(null, listener, options);
    }

    private UpgradeServlet(WebSocketHandler handler, WebSocketListener listener, WebSocketOptions options) {
        this.givenHandler = handler;
        this.givenListener = listener;
        this.givenOptions = options;
        if (handler != null || listener != null) {
            ANY_HANDLER_GIVEN.set(true);
        }
    }

    /** Returns whether any servlet of this copy of the library was given its handler or listener in code. */
    static boolean isAnyHandlerGiven() {
        return ANY_HANDLER_GIVEN.get();
    }

    /**
     * Tells whether a request asks for a WebSocket. For filters, and for servlets that also serve pages.
     *
     * @param request not changed
     * @return whether it asks for a WebSocket
     */
    public static boolean isUpgrade(HttpServletRequest request) {
        return Handshake.isUpgrade(snapshot(request));
    }

    /**
     * Returns the subprotocols that a request offers.
     *
     * @param request not changed
     * @return in the client's order
     */
    public static List<String> subprotocols(HttpServletRequest request) {
        return Handshake.subprotocols(snapshot(request));
    }

    /** {@return the options before init-params are applied} Subclasses may override this. Called once, at the start. */
    protected WebSocketOptions defaultOptions() {
        return WebSocketOptions.defaults();
    }

    /**
     * Serves one connection from its first message to its last, on a thread of its own. Not called if there is a
     * listener. Subclasses override this; the default calls the handler. See {@link WebSocketHandler#handle}.
     *
     * @param connection valid until this method returns
     * @throws Exception as {@link WebSocketHandler#handle}
     */
    protected void handle(BlockingConnection connection) throws Exception {
        if (handler == null) {
            throw new IllegalStateException(getClass().getName() + " must override handle, or be given a handler");
        }
        handler.handle(connection);
    }

    /**
     * Copies data from the request to {@link WebSocketConnection#attributes()}, such as the HTTP session. The default
     * copies nothing. Called on the request's thread before 101 is sent. The request is not valid after that.
     *
     * @param request the opening handshake
     * @param attributes an empty map to fill; null values are ignored
     * @throws ServletException makes the container answer with an error
     */
    protected void prepare(HttpServletRequest request, Map<String, Object> attributes) throws ServletException {}

    /**
     * Writes the response for a rejected handshake. The default writes the message as plain text.
     *
     * @param request the rejected request
     * @param response not committed yet
     * @param refused status, message and headers
     * @throws IOException when the response cannot be written
     */
    protected void refuse(HttpServletRequest request, HttpServletResponse response, Refused refused)
            throws IOException {
        refused.headers().forEach(response::setHeader);
        response.setStatus(refused.status());
        response.setContentType("text/plain;charset=utf-8");
        response.getWriter().println(refused.message());
    }

    @Override
    public final void init() throws ServletException {
        Service service;
        try {
            Map<String, String> params = initParams();
            options = InitParams.apply(givenOptions != null ? givenOptions : defaultOptions(), params);
            service = service(params);
            answerer = new Handshake(options.originPolicy(), options.subprotocols(), options.deflate());
            handover = Handovers.forContainer(getServletContext());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ServletException("servlet \"" + getServletName() + "\": " + e.getMessage(), e);
        }
        LibraryClasses.loadBeside(UpgradeServlet.class);
        if (!(handover instanceof StandardHandover)) { // which is in the same jar as this class
            LibraryClasses.loadBeside(handover.getClass());
        }
        connections = new Connections(getServletContext(), service);
        refusals = new RefusalLog(getServletName(), getServletContext()::log, System::nanoTime);
        handover.servletStarts(getServletContext(), connections::beginStop);
        started();
        connections.join();
        management = Management.start(getServletContext()); // last: destroy is not called if the start fails
    }

    /**
     * Called at the end of {@link #init()}, for subclasses.
     *
     * @throws ServletException fails the start of the servlet
     */
    protected void started() throws ServletException {}

    /**
     * Closes every connection with 1001 and waits for the handlers, at most twice the close timeout plus one second.
     * Also begins to close the connections of all other upgrade servlets of the web application. Containers destroy
     * servlets one after another, so this way all servlets together need that time only once.
     */
    @Override
    public void destroy() {
        if (connections != null) {
            try {
                connections.stop();
            } finally {
                if (management != null) {
                    management.stop();
                }
            }
        }
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        HandshakeRequest handshake = snapshot(request);
        HandshakeResult result = answerer.answer(handshake);
        if (result instanceof Refused refused) {
            refusals.log(handshake, refused);
            refuse(request, response, refused);
            return;
        }
        Connections.Place place = connections.admit();
        if (place == null) {
            String why = connections.isStopping() ? "this server is stopping" : "too many connections";
            refuse(request, response, new Refused(503, why, Map.of("Retry-After", "5")));
            return;
        }
        boolean handedOver = false;
        try {
            upgrade(request, response, handshake, (Accepted) result, place);
            handedOver = true;
        } finally {
            if (!handedOver) {
                place.giveBack();
            }
        }
    }

    private void upgrade(
            HttpServletRequest request,
            HttpServletResponse response,
            HandshakeRequest handshake,
            Accepted accepted,
            Connections.Place place)
            throws ServletException, IOException {
        if (response.isCommitted()) {
            throw new ServletException("the response is already committed, so " + handshake.plainPath()
                    + " cannot be upgraded to a WebSocket: a filter before servlet \"" + getServletName()
                    + "\" has written to the response");
        }
        response.resetBuffer(); // bytes that a filter has buffered must not precede the first frame
        Map<String, Object> attributes = new TreeMap<>();
        prepare(request, attributes);
        handover.handOver(request, response, accepted.headers(), options.handshakeTimeout(), transport -> {
            attributes.values().removeIf(Objects::isNull);
            place.start(new Upgraded(transport, handshake, accepted, attributes));
        });
    }

    private Service service(Map<String, String> params) {
        Object application = application(params.get(InitParams.HANDLER));
        if (application instanceof WebSocketListener listener) {
            InitParams.checkForListener(params);
            return new ListenerService(getServletContext(), options, listener);
        }
        handler = (WebSocketHandler) application;
        // Call the handler directly if possible: a thread that waits inside it keeps all its stack frames.
        WebSocketHandler outermost = getClass() == UpgradeServlet.class ? handler : this::handle;
        return new HandlerService(getServletContext(), options, outermost);
    }

    /** Returns the handler or the listener; null if the subclass handles connections itself. */
    private Object application(String className) {
        Object given = givenHandler != null ? givenHandler : givenListener;
        if (className == null) {
            if (given == null && getClass() == UpgradeServlet.class) {
                throw InitParams.noHandler();
            }
            return given;
        }
        if (given != null) {
            throw new IllegalArgumentException("init-param \"handler\" is set, but the servlet already has a "
                    + (givenHandler != null ? "handler" : "listener") + " from its constructor: remove one of them");
        }
        try {
            return InitParams.handlerConstructor(className, getServletContext().getClassLoader())
                    .newInstance();
        } catch (InvocationTargetException e) {
            throw cannotCreate(className, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw cannotCreate(className, e);
        }
    }

    private static IllegalArgumentException cannotCreate(String className, Throwable why) {
        return new IllegalArgumentException("cannot create the handler " + className + ": " + why, why);
    }

    private Map<String, String> initParams() {
        Map<String, String> params = new LinkedHashMap<>();
        for (String name : Collections.list(getInitParameterNames())) {
            params.put(name, getInitParameter(name));
        }
        return params;
    }

    private static HandshakeRequest snapshot(HttpServletRequest request) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : Collections.list(request.getHeaderNames())) {
            headers.put(name, Collections.list(request.getHeaders(name)));
        }
        return new HandshakeRequest(
                request.getMethod(),
                request.getProtocol(),
                request.getRequestURI(),
                request.getQueryString(),
                request.getUserPrincipal(),
                headers);
    }
}
