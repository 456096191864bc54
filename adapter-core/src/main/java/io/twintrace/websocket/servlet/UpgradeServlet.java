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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Upgrades requests to WebSocket connections, and runs a {@link WebSocketHandler} for each or calls a
 * {@link WebSocketListener}. The same class serves every container, in three
 * ways:
 *
 * <ul>
 *   <li>as a superclass: override {@link #handle}, or give a listener to the constructor, and annotate the class with
 *       {@code @WebServlet};
 *   <li>in web.xml: name this class, and the handler's or listener's class in the init-param {@code handler};
 *   <li>when embedding: {@code new UpgradeServlet(handler, options)}.
 * </ul>
 *
 * <p>Options come from the constructor or {@link #defaultOptions()}, and init-params are applied on top:
 * {@code origins}, {@code subprotocols}, {@code read-limit}, {@code idle-timeout} and so on; an unknown or malformed
 * one stops the deployment. The servlet need not be {@code async-supported}.
 *
 * <p>An exception that a handler or listener lets go is logged through {@code ServletContext.log}, and so are
 * concurrent writes. {@link #destroy()} closes every connection with 1001 and waits for the handlers, within a bound.
 */
public class UpgradeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

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
     * Serves connections with a handler, and the {@link #defaultOptions()}.
     *
     * @param handler called for each connection, by many threads at once
     */
    public UpgradeServlet(WebSocketHandler handler) {
        this(handler, null, null);
    }

    /**
     * Serves connections with a handler, for embedding.
     *
     * @param handler called for each connection, by many threads at once
     * @param options on top of which init-params are applied
     */
    public UpgradeServlet(WebSocketHandler handler, WebSocketOptions options) {
        this(handler, null, options);
    }

    /**
     * Serves connections with a listener, and the {@link #defaultOptions()}.
     *
     * @param listener called for all connections, by many threads at once
     */
    public UpgradeServlet(WebSocketListener listener) {
        this(null, listener, null);
    }

    /**
     * Serves connections with a listener, for embedding.
     *
     * @param listener called for all connections, by many threads at once
     * @param options on top of which init-params are applied
     */
    public UpgradeServlet(WebSocketListener listener, WebSocketOptions options) {
        this(null, listener, options);
    }

    private UpgradeServlet(WebSocketHandler handler, WebSocketListener listener, WebSocketOptions options) {
        this.givenHandler = handler;
        this.givenListener = listener;
        this.givenOptions = options;
    }

    /**
     * Tells requests for a WebSocket from others: for filters, and servlets that serve pages as well.
     *
     * @param request only looked at
     * @return whether it asks for a WebSocket
     */
    public static boolean isUpgrade(HttpServletRequest request) {
        return Handshake.isUpgrade(snapshot(request));
    }

    /**
     * Reads the subprotocols that a request asks for.
     *
     * @param request only looked at
     * @return in the order of the client
     */
    public static List<String> subprotocols(HttpServletRequest request) {
        return Handshake.subprotocols(snapshot(request));
    }

    /** {@return the options before init-params are applied} For subclasses to override. Called once, at the start. */
    protected WebSocketOptions defaultOptions() {
        return WebSocketOptions.defaults();
    }

    /**
     * Serves one connection from its first message to its last, on a thread of its own; not called where there is a
     * listener. Subclasses override it; here it calls the handler. See {@link WebSocketHandler#handle}.
     *
     * @param connection valid until this returns
     * @throws Exception as {@link WebSocketHandler#handle}
     */
    protected void handle(BlockingConnection connection) throws Exception {
        if (handler == null) {
            throw new IllegalStateException(getClass().getName() + " must override handle, or be given a handler");
        }
        handler.handle(connection);
    }

    /**
     * May take along from the request what the connection will need, such as the HTTP session, into
     * {@link WebSocketConnection#attributes()}, where nulls are left out. Called on the request's thread before 101 is
     * sent; the request is not valid later.
     *
     * @param request to be upgraded
     * @param attributes empty, and to be filled
     * @throws ServletException makes the container answer with an error
     */
    protected void prepare(HttpServletRequest request, Map<String, Object> attributes) throws ServletException {}

    /**
     * Renders a refusal; by default its message as plain text.
     *
     * @param request that is refused
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
        if (!(handover instanceof StandardHandover)) { // which lies beside this one
            LibraryClasses.loadBeside(handover.getClass());
        }
        connections = new Connections(getServletContext(), service);
        refusals = new RefusalLog(getServletName(), getServletContext()::log, System::nanoTime);
        handover.servletStarts(getServletContext(), connections::beginStop);
        started();
        management = Management.start(getServletContext()); // late: nobody stops a servlet that has failed to start
        connections.join();
    }

    /**
     * For subclasses: called at the end of {@link #init()}.
     *
     * @throws ServletException fails the start of the servlet
     */
    protected void started() throws ServletException {}

    /**
     * Closes every connection with 1001 and waits for the handlers, twice the close timeout and a second at most. With
     * those of this servlet the connections of all upgrade servlets of the web application begin to close, so that
     * they need the time once, although containers destroy servlets one after another.
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
            throw new ServletException("the response is committed already, so " + handshake.path()
                    + " cannot become a WebSocket: a filter before servlet \"" + getServletName()
                    + "\" has written to it");
        }
        response.resetBuffer(); // what a filter has buffered has no place before the first frame
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
        // Directly where nothing lies between: a thread that waits in the handler keeps the calls it is in.
        WebSocketHandler outermost = getClass() == UpgradeServlet.class ? handler : this::handle;
        return new HandlerService(getServletContext(), options, outermost);
    }

    /** The handler or the listener; null where the subclass handles connections itself. */
    private Object application(String className) {
        Object given = givenHandler != null ? givenHandler : givenListener;
        if (className == null) {
            if (given == null && getClass() == UpgradeServlet.class) {
                throw InitParams.noHandler();
            }
            return given;
        }
        if (given != null) {
            throw new IllegalArgumentException("init-param \"handler\" is set, but the servlet was given a "
                    + (givenHandler != null ? "handler" : "listener"));
        }
        try {
            return InitParams.handlerConstructor(className, getServletContext().getClassLoader())
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("the handler " + className + " cannot be made: " + e, e);
        }
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
