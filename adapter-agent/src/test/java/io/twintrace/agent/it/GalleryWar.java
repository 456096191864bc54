package io.twintrace.agent.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The gallery of Jakarta's mistakes as a web application. */
final class GalleryWar {
    private static final Path CLASSES = Path.of("target/test-classes").toAbsolutePath();
    private static final Path GALLERY = CLASSES.resolve("io/twintrace/gallery");

    private GalleryWar() {}

    /** Creates the file, whose classes are those of this build. */
    static Path create(Path war) throws IOException {
        return create(
                war,
                Stream.concat(classes("").stream(), classes("jakarta").stream())
                        .sorted()
                        .toList());
    }

    /** Creates a file with the classes of one package below the gallery's. */
    static Path ofPackage(Path war, String name) throws IOException {
        return create(war, classes(name));
    }

    private static Path create(Path war, List<Path> classes) throws IOException {
        try (OutputStream file = Files.newOutputStream(war);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Path each : classes) {
                out.putNextEntry(new ZipEntry("WEB-INF/classes/" + CLASSES.relativize(each)));
                Files.copy(each, out);
                out.closeEntry();
            }
        }
        return war;
    }

    private static List<Path> classes(String name) throws IOException {
        try (Stream<Path> files = Files.list(GALLERY.resolve(name))) {
            return files.filter(each -> each.toString().endsWith(".class"))
                    .sorted()
                    .toList();
        }
    }
}
