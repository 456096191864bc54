package io.twintrace.agent;

import io.twintrace.agent.Engines.Role;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the classes to weave, among all that the JVM loads. Looks only at the names in a class, and
 * loads the library that weaves with the first hit, so that a JVM without WebSockets starts as fast as before.
 */
final class Transformer implements ClassFileTransformer {
    private final Set<Role> roles;

    /** @param async whether asynchronous sends are watched too */
    Transformer(boolean async) {
        roles = async ? EnumSet.allOf(Role.class) : EnumSet.complementOf(EnumSet.of(Role.ASYNC));
    }

    @Override
    public byte[] transform(
            ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] classFile) {
        ClassFile file = loader == null ? null : ClassFile.read(classFile);
        Set<Role> found = file == null ? Set.of() : Engines.find(roles, name.replace('/', '.'), file);
        if (found.isEmpty()) {
            return null;
        }
        try {
            return Weaver.weave(name.replace('/', '.'), found, loader, classFile);
        } catch (Throwable t) { // the JVM would drop it in silence
            System.err.println("Twintrace agent: cannot watch " + name + ": " + t);
            return null;
        }
    }

    /** Has the JVM ask all transformers again for the classes that are loaded already. Returns how many these are. */
    int weaveLoaded(Instrumentation instrumentation) {
        List<Class<?>> woven = new ArrayList<>();
        for (Class<?> each : instrumentation.getAllLoadedClasses()) {
            if (Engines.mayHave(roles, each) && instrumentation.isModifiableClass(each)) {
                woven.add(each);
            }
        }
        int changed = 0;
        for (Class<?> each : woven) {
            try {
                instrumentation.retransformClasses(each);
                changed++;
            } catch (UnmodifiableClassException | RuntimeException | LinkageError e) {
                System.err.println("Twintrace agent: cannot change " + each + ": " + e);
            }
        }
        return changed;
    }
}
