package io.twintrace.websocket.internal.jetty.endpoint;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;

/** Leaves to another endpoint what Jetty asks of the attachments of its keys. */
abstract class ForwardingEndPoint implements EndPoint {
    private final EndPoint to;

    ForwardingEndPoint(EndPoint to) {
        this.to = to;
    }

    @Override
    public boolean isOpen() {
        return to.isOpen();
    }

    @Override
    public long getCreatedTimeStamp() {
        return to.getCreatedTimeStamp();
    }

    @Override
    public void shutdownOutput() {
        to.shutdownOutput();
    }

    @Override
    public boolean isOutputShutdown() {
        return to.isOutputShutdown();
    }

    @Override
    public boolean isInputShutdown() {
        return to.isInputShutdown();
    }

    @Override
    public void close(Throwable cause) {
        to.close(cause);
    }

    @Override
    public Object getTransport() {
        return to.getTransport();
    }

    @Override
    public long getIdleTimeout() {
        return to.getIdleTimeout();
    }

    @Override
    public void setIdleTimeout(long millis) {
        to.setIdleTimeout(millis);
    }

    @Override
    public void fillInterested(Callback callback) {
        to.fillInterested(callback);
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        return to.tryFillInterested(callback);
    }

    @Override
    public boolean isFillInterested() {
        return to.isFillInterested();
    }

    @Override
    public Callback cancelWrite(Throwable cause) {
        return to.cancelWrite(cause);
    }

    @Override
    public Connection getConnection() {
        return to.getConnection();
    }

    @Override
    public void setConnection(Connection connection) {
        to.setConnection(connection);
    }

    @Override
    public void onOpen() {
        to.onOpen();
    }

    @Override
    public void onClose(Throwable cause) {
        to.onClose(cause);
    }

    @Override
    public void upgrade(Connection connection) {
        to.upgrade(connection);
    }

    @Override
    public String toString() {
        return to.toString();
    }
}
