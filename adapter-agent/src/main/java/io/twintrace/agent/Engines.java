package io.twintrace.agent;

import java.util.Set;

/** The interfaces whose implementations are woven, whatever engine and class loader they belong to. */
final class Engines {
    private static final Set<String> BASIC =
            Set.of("jakarta.websocket.RemoteEndpoint$Basic", "javax.websocket.RemoteEndpoint$Basic");
    private static final Set<String> SESSION = Set.of("jakarta.websocket.Session", "javax.websocket.Session");

    private static final Set<String> WRAPPED = Set.of(
            "jakarta.websocket.RemoteEndpoint$Basic",
            "jakarta.websocket.RemoteEndpoint",
            "jakarta.websocket.Session",
            "javax.websocket.RemoteEndpoint$Basic",
            "javax.websocket.RemoteEndpoint",
            "javax.websocket.Session");

    private Engines() {}

    static boolean isBasic(String name) {
        return BASIC.contains(name);
    }

    static boolean isSession(String name) {
        return SESSION.contains(name);
    }

    /**
     * Returns whether a class is to be woven. A class with a field of an interface's type belongs to an application, and
     * passes on what the engine does. Perhaps it does so under a lock of its own.
     */
    static boolean isWoven(ClassFile file) {
        return !file.superclass().equals("java.lang.reflect.Proxy")
                && file.interfaces().stream().anyMatch(each -> isBasic(each) || isSession(each))
                && file.fieldTypes().stream().noneMatch(WRAPPED::contains);
    }

    /** Returns whether a loaded class may be one. */
    static boolean isWoven(Class<?> type) {
        if (type.isInterface() || type.getClassLoader() == null) {
            return false;
        }
        for (Class<?> each : type.getInterfaces()) {
            if (isBasic(each.getName()) || isSession(each.getName())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Finds the interface of sessions that a class implements.
     *
     * @throws ClassNotFoundException if there is none
     */
    static Class<?> session(Class<?> implementation) throws ClassNotFoundException {
        for (Class<?> type = implementation; type != null; type = type.getSuperclass()) {
            for (Class<?> each : type.getInterfaces()) {
                if (isSession(each.getName())) {
                    return each;
                }
            }
        }
        throw new ClassNotFoundException("no session: " + implementation);
    }
}
