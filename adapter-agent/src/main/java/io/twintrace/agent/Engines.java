package io.twintrace.agent;

import io.twintrace.websocket.guard.SessionGuards;
import java.util.EnumSet;
import java.util.Set;

/** The interfaces whose implementations are woven, whatever engine and class loader they belong to. */
final class Engines {
    /** What a class implements. */
    enum Role {
        SESSION("Session"),
        BASIC("RemoteEndpoint$Basic"),
        ASYNC("RemoteEndpoint$Async"),

        /** A remote of an engine that minds pings between the parts of a message. */
        PINGS("RemoteEndpoint"),

        /** A session by Jetty's own API. */
        JETTY(JettySessions.SESSION) {
            @Override
            boolean isOf(String anInterface) {
                return anInterface.equals(JettySessions.SESSION);
            }
        };

        private final String type;

        Role(String type) {
            this.type = type;
        }

        boolean isOf(String anInterface) {
            return isJakartas(anInterface, type);
        }
    }

    /** What an asynchronous send tells of its end. */
    static final String[] SEND_HANDLERS = {"jakarta.websocket.SendHandler", "javax.websocket.SendHandler"};

    /** What a session may be closed with. */
    static final String[] CLOSE_REASONS = {"jakarta.websocket.CloseReason", "javax.websocket.CloseReason"};

    private Engines() {}

    private static boolean isJakartas(String name, String type) {
        return name.equals("jakarta.websocket." + type) || name.equals("javax.websocket." + type);
    }

    /**
     * Finds the roles in which a class is to be woven.
     *
     * @param roles those that matter
     * @param name the class
     * @param file the content
     * @return none for a class that belongs to an application, and passes on what the engine does
     */
    static Set<Role> find(Set<Role> roles, String name, ClassFile file) {
        Set<Role> found = EnumSet.noneOf(Role.class);
        if (!file.superclass().equals("java.lang.reflect.Proxy")) {
            for (Role role : roles) {
                boolean has = file.interfaces().stream().anyMatch(role::isOf);
                boolean isWoven = switch (role) {
                    case SESSION -> has || file.givesRemote();
                    case PINGS -> has && !passesOn(file) && SessionGuards.mindsPings(name);
                    default -> has && !passesOn(file);
                };
                if (isWoven) {
                    found.add(role);
                }
            }
        }
        return found;
    }

    /**
     * Returns whether a class may pass calls on, perhaps under a lock of its own: it has another remote or a session, or
     * calls one that it gets elsewhere. An engine calls its own classes instead.
     */
    private static boolean passesOn(ClassFile file) {
        return file.fieldTypes().stream().anyMatch(type -> sends(type) || Role.SESSION.isOf(type))
                || file.calledInterfaces().stream().anyMatch(Engines::sends);
    }

    private static boolean sends(String type) {
        return isJakartas(type, "RemoteEndpoint")
                || Role.BASIC.isOf(type)
                || Role.ASYNC.isOf(type)
                || Role.JETTY.isOf(type);
    }

    /** Returns whether a loaded class may have one of these roles. */
    static boolean mayHave(Set<Role> roles, Class<?> type) {
        if (type.isInterface() || type.getClassLoader() == null) {
            return false;
        }
        return roles.stream()
                .anyMatch(role -> has(role, type) && (role != Role.PINGS || SessionGuards.mindsPings(type.getName())));
    }

    /** Finds an interface that a class, one of its superclasses or another interface declares; null if there is none. */
    private static Class<?> find(Role role, Class<?> type) {
        if (type == null || role.isOf(type.getName())) {
            return type;
        }
        for (Class<?> each : type.getInterfaces()) {
            Class<?> found = find(role, each);
            if (found != null) {
                return found;
            }
        }
        return find(role, type.getSuperclass());
    }

    /** Returns whether a class has a role. */
    static boolean has(Role role, Class<?> type) {
        return find(role, type) != null;
    }

    /**
     * Finds the interface of the API that a class implements.
     *
     * @throws ClassNotFoundException if there is none
     */
    static Class<?> interfaceOf(Role role, Class<?> implementation) throws ClassNotFoundException {
        Class<?> found = find(role, implementation);
        if (found == null) {
            throw new ClassNotFoundException(role + " of " + implementation);
        }
        return found;
    }

    /**
     * Finds the handler of the API that a remote implements, of which an application may have several.
     *
     * @throws ClassNotFoundException if there is none
     */
    static Class<?> sendHandler(Class<?> remote) throws ClassNotFoundException {
        Class<?> api = interfaceOf(Role.ASYNC, remote);
        return Class.forName(api.getPackageName() + ".SendHandler", false, api.getClassLoader());
    }
}
