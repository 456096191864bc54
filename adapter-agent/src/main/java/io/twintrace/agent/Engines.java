package io.twintrace.agent;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The interfaces whose implementations are woven, whatever engine and class loader they belong to. */
final class Engines {
    /** What a class is in an engine. */
    enum Role {
        SESSION("Session"),
        BASIC("RemoteEndpoint$Basic"),
        ASYNC("RemoteEndpoint$Async");

        private final String type;

        Role(String type) {
            this.type = type;
        }

        private boolean isOf(String anInterface) {
            return isJakartas(anInterface, type);
        }
    }

    /** What an asynchronous send tells of its end. */
    static final String[] SEND_HANDLERS = {"jakarta.websocket.SendHandler", "javax.websocket.SendHandler"};

    private Engines() {}

    private static boolean isJakartas(String name, String type) {
        return name.equals("jakarta.websocket." + type) || name.equals("javax.websocket." + type);
    }

    /**
     * Finds the roles in which a class is to be woven.
     *
     * @param roles those that matter
     * @param file the class
     * @return none for a class that belongs to an application, and passes on what the engine does
     */
    static Set<Role> find(Set<Role> roles, ClassFile file) {
        Set<Role> found = EnumSet.noneOf(Role.class);
        if (!file.superclass().equals("java.lang.reflect.Proxy")) {
            for (Role role : roles) {
                if (file.interfaces().stream().anyMatch(role::isOf) && (role == Role.SESSION || !passesOn(file))) {
                    found.add(role);
                }
            }
        }
        return found;
    }

    /** Perhaps it does so under a lock of its own. */
    private static boolean passesOn(ClassFile file) {
        List<String> fields = file.fieldTypes();
        return fields.stream()
                .anyMatch(field -> isJakartas(field, "RemoteEndpoint")
                        || Role.BASIC.isOf(field)
                        || Role.ASYNC.isOf(field)
                        || Role.SESSION.isOf(field));
    }

    /** Returns whether a loaded class may have one of these roles. */
    static boolean mayHave(Set<Role> roles, Class<?> type) {
        if (type.isInterface() || type.getClassLoader() == null) {
            return false;
        }
        for (Class<?> each : type.getInterfaces()) {
            if (roles.stream().anyMatch(role -> role.isOf(each.getName()))) {
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
                if (Role.SESSION.isOf(each.getName())) {
                    return each;
                }
            }
        }
        throw new ClassNotFoundException("no session: " + implementation);
    }
}
