package io.twintrace.websocket.servlet;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
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
    private transient Upgrades upgrades;
    private transient Service service;

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
     * Prepares the answer to a valid handshake: may set headers and cookies, pass data on to the connection, choose a
     * subprotocol or options, or refuse. The default does nothing. Called on the request's thread before 101 is sent.
     * The request is not valid after that. If this accepts, with another handler, the servlet's own is not called.
     *
     * @param upgrade the opening handshake
     * @throws ServletException makes the container answer with an error
     * @throws IOException when the response cannot be sent
     */
    protected void prepare(Upgrade upgrade) throws ServletException, IOException {}

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
        Upgrade.writeRefusal(request, response, refused);
    }

    /**
     * Answers a request that does not ask for a WebSocket. The default refuses it, with a text that says what this is.
     * Override this to serve a page on the same path.
     *
     * @param request without the headers of an opening handshake
     * @param response not committed yet
     * @throws ServletException as {@link HttpServlet#doGet}
     * @throws IOException as {@link HttpServlet#doGet}
     */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        upgrade(request, response);
    }

    @Override
    public final void init() throws ServletException {
        try {
            Map<String, String> params = initParams();
            WebSocketOptions options = InitParams.apply(givenOptions != null ? givenOptions : defaultOptions(), params);
            Object application = application(params.get(InitParams.HANDLER));
            if (application instanceof WebSocketListener) {
                InitParams.checkForListener(params);
            }
            upgrades = new Upgrades(getServletContext(), options, getServletName());
            service = service(application, options);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ServletException("servlet \"" + getServletName() + "\": " + e.getMessage(), e);
        }
        started();
        upgrades.connections().join(); // last: destroy is not called if the start fails
    }

    /**
     * Called at the end of {@link #init()}, for subclasses.
     *
     * @throws ServletException fails the start of the servlet
     */
    protected void started() throws ServletException {}

    /**
     * Refuses new handshakes with 503, sends what waits in outboxes, and closes every connection with 1001, each as soon
     * as its own outbox is empty. Waits for that and for the handlers, at most twice the close timeout plus one second.
     * Also begins to close the connections of all other upgrade servlets of the web application. Containers destroy
     * servlets one after another, so this way all servlets together need that time only once.
     */
    @Override
    public void destroy() {
        if (upgrades != null) {
            upgrades.connections().stop();
        }
    }

    /**
     * Closes every connection as {@link #destroy()} does, within a bound, and refuses further ones with 503. For an application that is
     * told of its end before the container is. {@link #destroy()} is still to be called.
     *
     * @param timeout the longest wait; connections that are open at its end are cut off
     * @return whether all connections and handlers have ended in time
     */
    public final boolean closeConnections(Duration timeout) {
        return upgrades == null || upgrades.connections().stop(timeout);
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        boolean mayBePage =
                request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        if (mayBePage && !HandshakeRequests.isHandshake(request)) {
            super.service(request, response);
        } else {
            upgrade(request, response);
        }
    }

    private void upgrade(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Upgrade upgrade = new Upgrade(upgrades, this::refuse, request, response);
        upgrade.refuseIfInvalid();
        if (!upgrade.isAnswered()) {
            prepare(upgrade);
        }
        if (!upgrade.isAnswered()) {
            upgrade.accept(service);
        }
    }

    private Service service(Object application, WebSocketOptions options) {
        if (application instanceof WebSocketListener listener) {
            return upgrades.serving(listener, options);
        }
        handler = (WebSocketHandler) application;
        // Call the handler directly if possible: a thread that waits inside it keeps all its stack frames.
        WebSocketHandler outermost = getClass() == UpgradeServlet.class ? handler : this::handle;
        return upgrades.serving(outermost, options);
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
}
