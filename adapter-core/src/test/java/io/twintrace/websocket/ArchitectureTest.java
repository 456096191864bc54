package io.twintrace.websocket;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A package uses only those beneath it, as docs/architecture.md draws them. */
class ArchitectureTest {
    private static final String ROOT = "io.twintrace.websocket";

    /** From the bottom to the top. */
    private static final List<String> PACKAGES = List.of(
            ROOT + ".internal.check",
            ROOT + ".internal.io",
            ROOT + ".internal.jfr",
            ROOT + ".detect",
            ROOT + ".guard",
            ROOT + ".internal.jmx",
            ROOT + ".handshake",
            ROOT,
            ROOT + ".internal.frame",
            ROOT + ".internal.deflate",
            ROOT + ".internal.handshake",
            ROOT + ".internal.json",
            ROOT + ".internal.read",
            ROOT + ".internal.write",
            ROOT + ".internal.engine",
            ROOT + ".room",
            ROOT + ".internal.stream",
            ROOT + ".servlet");

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void packagesUseOnlyThoseBeneathThem() {
        for (int i = 0; i < PACKAGES.size() - 1; i++) {
            noClasses()
                    .that()
                    .resideInAPackage(PACKAGES.get(i))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(PACKAGES.subList(i + 1, PACKAGES.size()).toArray(String[]::new))
                    .check(classes);
        }
    }

    /**
     * A nested write is told from the leftover of an overflow by the package of the guarded methods. Guards of other
     * engines allow nesting, and ask for it themselves.
     */
    @Test
    void guardedMethodsAreInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".internal.write", ROOT + ".guard")
                .should()
                .callMethod(WriteDetector.class, "enter", Operation.class)
                .check(classes);
    }

    @Test
    void everyPackageHasItsPlace() {
        assertEquals(
                new TreeSet<>(PACKAGES),
                classes.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new)));
    }
}
