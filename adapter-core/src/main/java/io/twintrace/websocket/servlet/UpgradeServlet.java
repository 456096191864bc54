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

    /** A handler, with the {@link #defaultOptions()}. */
    public UpgradeServlet(WebSocketHandler handler) {
        this(handler, null, null);
    }

    /** A handler, for embedding. */
    public UpgradeServlet(WebSocketHandler handler, WebSocketOptions options) {
        this(handler, null, options);
    }

    /** A listener, with the {@link #defaultOptions()}. */
    public UpgradeServlet(WebSocketListener listener) {
        this(null, listener, null);
    }

    /** A listener, for embedding. */
    public UpgradeServlet(WebSocketListener listener, WebSocketOptions options) {
        this(null, listener, options);
    }

    private UpgradeServlet(WebSocketHandler handler, WebSocketListener listener, WebSocketOptions options) {
        this.givenHandler = handler;
        this.givenListener = listener;
        this.givenOptions = options;
    }

    /** Whether a request asks for a WebSocket at all: for filters, and servlets that serve pages as well. */
    public static boolean isUpgrade(HttpServletRequest request) {
        return Handshake.isUpgrade(snapshot(request));
    }

    /** The subprotocols that a request asks for, in the client's order. */
    public static List<String> subprotocols(HttpServletRequest request) {
        return Handshake.subprotocols(snapshot(request));
    }

    /** The options before init-params are applied; for subclasses to override. Called once, at the start. */
    protected WebSocketOptions defaultOptions() {
        return WebSocketOptions.defaults();
    }

    /**
     * Serves one connection from its first message to its last, on a thread of its own; not called where there is a
     * listener. Subclasses override it; here it calls the handler. See {@link WebSocketHandler#handle}.
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
     */
    protected void prepare(HttpServletRequest request, Map<String, Object> attributes) throws ServletException {}

    /** Renders a refusal; by default its message as plain text. */
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

    /** For subclasses: called at the end of {@link #init()}. */
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
