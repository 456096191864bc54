package io.twintrace.agent;

import io.twintrace.websocket.detect.AsynchronousSend;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

/** An application's {@code SendHandler}, of any class loader, which is told of the end of a send after the guard. */
final class WatchedHandler implements InvocationHandler {
    private final Object handler;
    private final AsynchronousSend send;

    private WatchedHandler(Object handler, AsynchronousSend send) {
        this.handler = handler;
        this.send = send;
    }

    /** Returns the handler for the engine; the application's own, with the send as complete, if that cannot be. */
    static Object around(Object handler, AsynchronousSend send) {
        Class<?> type = sendHandler(handler.getClass());
        if (type == null) {
            send.complete();
            return handler;
        }
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new WatchedHandler(handler, send));
    }

    private static Class<?> sendHandler(Class<?> type) {
        if (type == null || List.of(Engines.SEND_HANDLERS).contains(type.getName())) {
            return type;
        }
        for (Class<?> each : type.getInterfaces()) {
            Class<?> found = sendHandler(each);
            if (found != null) {
                return found;
            }
        }
        return sendHandler(type.getSuperclass());
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("onResult")) {
            send.complete();
        }
        try {
            return method.invoke(handler, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
