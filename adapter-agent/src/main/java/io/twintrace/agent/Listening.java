package io.twintrace.agent;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * What an engine gets in place of an application's handler or callback: it passes every call on, and tells of one method
 * before it does. It equals what stands for the same object.
 */
final class Listening implements InvocationHandler {
    private final Object target;
    private final String method;
    private final Runnable before;

    private Listening(Object target, String method, Runnable before) {
        this.target = target;
        this.method = method;
        this.before = before;
    }

    /**
     * Returns what to give to the engine.
     *
     * @param type the interface to implement
     * @param target what the application has given
     * @param method the method to listen to
     * @param before runs before the target's method
     */
    static Object to(Class<?> type, Object target, String method, Runnable before) {
        return Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, new Listening(target, method, before));
    }

    @Override
    public Object invoke(Object proxy, Method called, Object[] arguments) throws Throwable {
        if (called.getName().equals(method)) {
            before.run();
        }
        if (called.getDeclaringClass() == Object.class && called.getName().equals("equals")) {
            return target.equals(targetOf(arguments[0]));
        }
        try {
            return called.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object targetOf(Object other) {
        return other != null
                        && Proxy.isProxyClass(other.getClass())
                        && Proxy.getInvocationHandler(other) instanceof Listening listening
                ? listening.target
                : other;
    }
}
