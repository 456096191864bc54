package io.twintrace.websocket;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** A package uses only those beneath it, as docs/architecture.md draws them. */
class PackageOrderTest {
    private static final String ROOT = "io.twintrace.websocket";

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void packagesUseOnlyThoseBeneathThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
                .layer("servlet")
                .definedBy(ROOT + ".servlet")
                .layer("root")
                .definedBy(ROOT)
                .layer("handshake")
                .definedBy(ROOT + ".handshake")
                .layer("deflate")
                .definedBy(ROOT + ".deflate")
                .layer("json")
                .definedBy(ROOT + ".json")
                .layer("transport")
                .definedBy(ROOT + ".transport")
                .layer("detect")
                .definedBy(ROOT + ".detect")
                .layer("jmx")
                .definedBy(ROOT + ".jmx")
                .layer("thread")
                .definedBy(ROOT + ".thread")
                .layer("frame")
                .definedBy(ROOT + ".frame")
                .whereLayer("servlet")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("root")
                .mayOnlyBeAccessedByLayers("servlet")
                .whereLayer("handshake")
                .mayOnlyBeAccessedByLayers("servlet", "root")
                .whereLayer("deflate")
                .mayOnlyBeAccessedByLayers("servlet", "root", "handshake")
                .whereLayer("json")
                .mayOnlyBeAccessedByLayers("servlet", "root")
                .whereLayer("transport")
                .mayOnlyBeAccessedByLayers("servlet", "root")
                .whereLayer("jmx")
                .mayOnlyBeAccessedByLayers("servlet")
                .whereLayer("detect")
                .mayOnlyBeAccessedByLayers("servlet", "root", "jmx")
                .whereLayer("thread")
                .mayOnlyBeAccessedByLayers("servlet", "root", "detect")
                .whereLayer("frame")
                .mayOnlyBeAccessedByLayers("servlet", "root", "handshake", "deflate")
                .check(classes);
    }
}
