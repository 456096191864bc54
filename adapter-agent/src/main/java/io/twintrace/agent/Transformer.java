package io.twintrace.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds the classes to weave, among all that the JVM loads. Looks at little more than the names of a class's interfaces,
 * and loads the library that weaves with the first hit, so that a JVM without WebSockets starts as fast as before.
 */
final class Transformer implements ClassFileTransformer {
    @Override
    public byte[] transform(
            ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] classFile) {
        if (loader == null) {
            return null;
        }
        try {
            List<String> interfaces = ClassFile.interfaces(classFile);
            for (String each : interfaces) {
                if (Engines.isWoven(each)) {
                    return Weaver.weave(name.replace('/', '.'), interfaces, loader, classFile);
                }
            }
        } catch (Throwable t) { // the JVM would drop it in silence
            System.err.println("Twintrace agent: cannot watch " + name + ": " + t);
        }
        return null;
    }

    /** Has the JVM ask all transformers again for the classes that are loaded already. Returns how many these are. */
    int weaveLoaded(Instrumentation instrumentation) {
        List<Class<?>> woven = new ArrayList<>();
        Stream.of(instrumentation.getAllLoadedClasses())
                .filter(Engines::isWoven)
                .forEach(woven::add);
        woven.removeIf(each -> !instrumentation.isModifiableClass(each));
        if (!woven.isEmpty()) {
            try {
                instrumentation.retransformClasses(woven.toArray(Class<?>[]::new));
            } catch (UnmodifiableClassException | RuntimeException | LinkageError e) {
                System.err.println("Twintrace agent: cannot change " + woven + ": " + e);
            }
        }
        return woven.size();
    }
}
