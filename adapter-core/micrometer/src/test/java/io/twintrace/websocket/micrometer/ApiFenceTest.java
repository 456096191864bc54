package io.twintrace.websocket.micrometer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The binder uses the API as an application does, and nothing else knows of it or of Micrometer. */
class ApiFenceTest {
    private static final String LIBRARY = "io.twintrace.websocket";
    private static final String BINDER = LIBRARY + ".micrometer..";

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(LIBRARY);

    @Test
    void theBinderUsesNothingInternal() {
        noClasses()
                .that()
                .resideInAPackage(BINDER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(LIBRARY + ".internal..")
                .check(classes);
    }

    @Test
    void nothingBelowKnowsMicrometer() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BINDER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BINDER, "io.micrometer..")
                .check(classes);
    }
}
