package io.twintrace.agent;

import java.util.Set;

/** The interfaces whose implementations are woven, whatever engine and class loader they belong to. */
final class Engines {
    private static final Set<String> BASIC =
            Set.of("jakarta.websocket.RemoteEndpoint$Basic", "javax.websocket.RemoteEndpoint$Basic");
    private static final Set<String> SESSION = Set.of("jakarta.websocket.Session", "javax.websocket.Session");

    private Engines() {}

    static boolean isBasic(String name) {
        return BASIC.contains(name);
    }

    static boolean isSession(String name) {
        return SESSION.contains(name);
    }

    static boolean isWoven(String name) {
        return isBasic(name) || isSession(name);
    }

    static boolean isWoven(Class<?> type) {
        if (type.isInterface() || type.getClassLoader() == null) {
            return false;
        }
        for (Class<?> each : type.getInterfaces()) {
            if (isWoven(each.getName())) {
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
