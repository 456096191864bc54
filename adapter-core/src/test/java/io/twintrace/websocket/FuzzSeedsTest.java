package io.twintrace.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Jazzer does not report missing seeds. After a target is renamed, it would run without any. */
class FuzzSeedsTest {
    private static final Path RESOURCES = Path.of("src/test/resources");

    private final Set<JavaMethod> targets = new ClassFileImporter()
                    .withImportOption(new ImportOption.OnlyIncludeTests())
                    .importPackages(FuzzSeedsTest.class.getPackageName())
                    .stream()
                    .flatMap(type -> type.getMethods().stream())
                    .filter(method -> method.isAnnotatedWith(FuzzTest.class))
                    .collect(Collectors.toSet());

    @Test
    void everyTargetFindsItsSeeds() {
        assertTrue(targets.size() >= 5, () -> "found: " + targets);
        for (JavaMethod target : targets) {
            assertNotNull(target.getOwner().reflect().getResource(folder(target)), target::getFullName);
        }
    }

    @Test
    void everySeedBelongsToATargetAndEveryTargetHasOne() throws IOException {
        assertEquals(
                targets.stream().map(FuzzSeedsTest::path).collect(Collectors.toCollection(TreeSet::new)),
                foldersWithSeeds());
    }

    private static Set<Path> foldersWithSeeds() throws IOException {
        try (Stream<Path> files = Files.walk(RESOURCES)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> RESOURCES.relativize(file.getParent()))
                    .filter(folder -> folder.toString().contains("Inputs"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** The directory that Jazzer looks in, relative to the target's class. */
    private static String folder(JavaMethod target) {
        return target.getOwner().getSimpleName() + "Inputs/" + target.getName();
    }

    private static Path path(JavaMethod target) {
        JavaClass owner = target.getOwner();
        return Path.of(owner.getPackageName().replace('.', '/'), folder(target));
    }
}
