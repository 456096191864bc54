package io.twintrace.gallery.server;

import java.io.IOException;
import java.io.InputStream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;

/** Serves the gallery on Tomcat 9, whose API is {@code javax.websocket}: its classes are changed as they are loaded. */
public final class JavaxMain {
    private JavaxMain() {}

    public static void main(String[] args) throws Exception {
        ClassLoader renaming = new Renaming(JavaxMain.class.getClassLoader());
        Thread.currentThread().setContextClassLoader(renaming);
        renaming.loadClass("io.twintrace.gallery.server.TomcatMain")
                .getMethod("main", String[].class)
                .invoke(null, (Object) args);
    }

    private static final class Renaming extends ClassLoader {
        private static final String GALLERY = "io.twintrace.gallery.";

        Renaming(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                return name.startsWith(GALLERY) ? renamed(name) : super.loadClass(name, resolve);
            }
        }

        private Class<?> renamed(String name) throws ClassNotFoundException {
            try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (file == null) {
                    throw new ClassNotFoundException(name);
                }
                ClassWriter writer = new ClassWriter(0);
                new ClassReader(file.readAllBytes()).accept(new ClassRemapper(writer, new ToJavax()), 0);
                byte[] renamed = writer.toByteArray();
                return defineClass(name, renamed, 0, renamed.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static final class ToJavax extends Remapper {
        ToJavax() {
            super(Opcodes.ASM9);
        }

        @Override
        public String map(String name) {
            return name.startsWith("jakarta/") ? "javax" + name.substring("jakarta".length()) : name;
        }
    }
}
