package io.twintrace.sample.it;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies of the sample's WAR with something changed. */
final class Wars {
    private Wars() {}

    /** What is done to the unpacked WAR. */
    @FunctionalInterface
    interface Change {
        void apply(Path root) throws IOException;
    }

    /** A changed copy, in a directory of its own. */
    static Path changed(String name, Change change) throws IOException {
        Path war = Servers.directory(name).resolve("sample-webapp.war");
        Files.copy(Servers.WAR, war);
        try (FileSystem files = FileSystems.newFileSystem(war)) {
            change.apply(files.getPath("/"));
        }
        return war;
    }
}
