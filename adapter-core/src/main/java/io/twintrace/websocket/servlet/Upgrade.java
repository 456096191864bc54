package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * One opening handshake before its answer (RFC 6455 section 4.2). The application may add to the answer, and then
 * accepts or refuses. Headers and cookies that are set on {@link #response()} are sent with the 101. For the request's
 * thread only, and only until the answer.
 *
 * <pre>{@code
 * upgrader.begin(request, response)
 *         .subprotocol("chat.v2")
 *         .attribute("room", room)
 *         .accept(connection -> serve(connection));
 * }</pre>
 */
public final class Upgrade {
    private final Upgrades upgrades;
    private final Refusing refusing;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Map<String, Object> attributes = new TreeMap<>();

    private WebSocketOptions options;
    private String subprotocol;
    private HandshakeRequest handshake;

    /** Null until the request is checked, and again when the options or the subprotocol change. */
    private HandshakeResult result;

    private boolean answered;

    /** Writes the response of a refused handshake. */
    @FunctionalInterface
    interface Refusing {
        void refuse(HttpServletRequest request, HttpServletResponse response, Refused refused) throws IOException;
    }

    Upgrade(Upgrades upgrades, Refusing refusing, HttpServletRequest request, HttpServletResponse response) {
        this.upgrades = upgrades;
        this.refusing = refusing;
        this.request = request;
        this.response = response;
        this.options = upgrades.options();
    }

    /** {@return the request} */
    public HttpServletRequest request() {
        return request;
    }

    /** {@return the response, for headers and cookies} */
    public HttpServletResponse response() {
        return response;
    }

    /**
     * Replaces the options of the upgrader for this connection. The limits of connections, and how they
     * close when the server stops, stay the upgrader's.
     *
     * @param replacement best an object that many upgrades share, because its connections share buffers
     * @return this
     */
    public Upgrade options(WebSocketOptions replacement) {
        this.options = Objects.requireNonNull(replacement, "replacement");
        this.result = null;
        return this;
    }

    /**
     * Chooses the subprotocol, whatever the options say. A client that does not offer it is refused with 400.
     *
     * @param name the only one that this connection speaks
     * @return this
     */
    public Upgrade subprotocol(String name) {
        this.subprotocol = Objects.requireNonNull(name, "name");
        this.result = null;
        return this;
    }

    /**
     * Passes data on to the connection.
     *
     * @param name a key of {@link WebSocketConnection#attributes()}
     * @param value null has no effect
     * @return this
     */
    public Upgrade attribute(String name, Object value) {
        Objects.requireNonNull(name, "name");
        if (value != null) {
            attributes.put(name, value);
        }
        return this;
    }

    /**
     * Sends 101 and serves the connection with a handler, on a thread of its own. Answers with an error if the request
     * is not a valid handshake, too many connections are open, or the upgrader is closed.
     *
     * @param handler called once
     * @return whether the connection is accepted; if not, the response is complete
     * @throws ServletException when the container does not hand the socket over
     * @throws IOException when the response cannot be sent
     * @throws IllegalStateException if this has been answered
     */
    public boolean accept(WebSocketHandler handler) throws ServletException, IOException {
        Objects.requireNonNull(handler, "handler");
        return accept(upgrades.serving(handler, options));
    }

    /**
     * Sends 101 and serves the connection with a listener. See {@link #accept(WebSocketHandler)}.
     *
     * @param listener called from the opening to the end
     * @return whether the connection is accepted; if not, the response is complete
     * @throws ServletException when the container does not hand the socket over
     * @throws IOException when the response cannot be sent
     * @throws IllegalStateException if this has been answered
     */
    public boolean accept(WebSocketListener listener) throws ServletException, IOException {
        Objects.requireNonNull(listener, "listener");
        return accept(upgrades.serving(listener, options));
    }

    /**
     * Refuses the handshake. The log has a line, at most every ten seconds.
     *
     * @param status such as 401, 403 or 503
     * @param message the text of the response
     * @throws IOException when the response cannot be sent
     * @throws IllegalStateException if this has been answered
     */
    public void refuse(int status, String message) throws IOException {
        refuse(status, message, Map.of());
    }

    /**
     * Refuses the handshake. The log has a line, at most every ten seconds.
     *
     * @param status such as 401, 403 or 503
     * @param message the text of the response
     * @param headers such as {@code WWW-Authenticate} or {@code Retry-After}
     * @throws IOException when the response cannot be sent
     * @throws IllegalStateException if this has been answered
     */
    public void refuse(int status, String message, Map<String, String> headers) throws IOException {
        if (status < 300 || status > 599) {
            throw new IllegalArgumentException("status is " + status + ", but a refusal needs 300 to 599");
        }
        answerOnce();
        Refused refused = new Refused(status, message, Map.copyOf(headers));
        upgrades.refusals().logByApplication(handshake(), refused);
        send(refused, true);
    }

    /** {@return whether it has been accepted or refused} */
    public boolean isAnswered() {
        return answered;
    }

    boolean accept(Service service) throws ServletException, IOException {
        answerOnce();
        if (check() instanceof Refused refused) {
            refuse(refused);
            return false;
        }
        Admission admission = upgrades.connections().admit(service, request.getRemoteAddr());
        if (admission instanceof Admission.Rejected rejected) {
            send(rejected.response(), false);
            return false;
        }
        Connections.Place place = (Connections.Place) admission;
        boolean handedOver = false;
        try {
            handOver((Accepted) result, place);
            handedOver = true;
        } finally {
            if (!handedOver) {
                place.giveBack();
            }
        }
        return true;
    }

    private void answerOnce() {
        if (answered) {
            throw new IllegalStateException("this handshake has already been accepted or refused");
        }
        answered = true;
    }

    private HandshakeResult check() {
        if (result == null) {
            result = upgrades.answerer(options, subprotocol).answer(handshake());
            if (subprotocol != null
                    && result instanceof Accepted accepted
                    && accepted.subprotocol().isEmpty()) {
                result = RefusalLog.notOffered(subprotocol);
            }
        }
        return result;
    }

    /** Refuses the handshake if it is not valid, so that the application need not look at it. */
    void refuseIfInvalid() throws IOException {
        if (check() instanceof Refused refused) {
            answerOnce();
            refuse(refused);
        }
    }

    private void refuse(Refused refused) throws IOException {
        upgrades.refusals().log(handshake(), refused);
        send(
                RefusalLog.isHandshake(handshake())
                        ? refused
                        : upgrades.connections().orStopping(refused),
                false);
    }

    private void send(Refused refused, boolean byApplication) throws IOException {
        upgrades.application().meter().refused(handshake(), refused, byApplication);
        refusing.refuse(request, response, refused);
    }

    private HandshakeRequest handshake() {
        if (handshake == null) {
            handshake = HandshakeRequests.of(request);
        }
        return handshake;
    }

    private void handOver(Accepted accepted, Connections.Place place) throws ServletException, IOException {
        if (response.isCommitted()) {
            throw new ServletException(
                    "the response is already committed, so " + handshake().plainPath()
                            + " cannot be upgraded to a WebSocket: a filter, or the code before the upgrade, has written to"
                            + " the response");
        }
        response.resetBuffer(); // bytes that a filter has buffered must not precede the first frame
        HandshakeRequest opening = HandshakeRequests.complete(handshake(), request, options.roles());
        Map<String, Object> data = attributes; // this object, and the request with it, must not live on
        SessionLink session = SessionLink.of(opening.session(), options.session(), upgrades.application());
        upgrades.handover()
                .handOver(
                        request,
                        response,
                        accepted.headers(),
                        options.handshakeTimeout(),
                        transport -> place.start(new Upgraded(transport, opening, accepted, data, session)));
    }

    /** Writes the message as plain text. */
    static void writeRefusal(HttpServletRequest unused, HttpServletResponse response, Refused refused)
            throws IOException {
        if (!response.isCommitted()) {
            response.resetBuffer(); // bytes that a filter has buffered
        }
        refused.headers().forEach(response::setHeader);
        response.setStatus(refused.status());
        response.setContentType("text/plain;charset=utf-8");
        String text = refused.message() + System.lineSeparator();
        try {
            response.getWriter().write(text);
        } catch (IllegalStateException e) { // a filter has called getOutputStream
            response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
