package io.twintrace.sample;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Applications need the API alone, and the adapter for Jetty little more. */
class ApiFenceTest {
    private static final String LIBRARY = "io.twintrace.websocket";
    private static final String INTERNAL = LIBRARY + ".internal..";

    /** Which says what lies below internal. */
    private static final Path ARCHITECTURE = Path.of("../docs/architecture.md");

    private static JavaClasses classes(String... packageNames) {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(packageNames);
    }

    @Test
    void theSampleUsesNothingInternal() {
        noClasses().should().dependOnClassesThat().resideInAPackage(INTERNAL).check(classes("io.twintrace.sample"));
    }

    @Test
    void theAdapterForJettyUsesTransportsAndTheApi() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        LIBRARY + ".detect..",
                        LIBRARY + ".internal.check..",
                        LIBRARY + ".internal.engine..",
                        LIBRARY + ".internal.deflate..",
                        LIBRARY + ".internal.frame..",
                        LIBRARY + ".internal.handshake..",
                        LIBRARY + ".internal.jfr..",
                        LIBRARY + ".internal.jmx..",
                        LIBRARY + ".internal.json..",
                        LIBRARY + ".internal.read..",
                        LIBRARY + ".internal.write..",
                        LIBRARY + ".internal.stream..")
                .check(classes(LIBRARY + ".jetty", LIBRARY + ".internal.jetty"));
    }

    @Test
    void nothingBelowKnowsTheAdapterForJetty() {
        noClasses()
                .that()
                .resideOutsideOfPackages(LIBRARY + ".jetty..", LIBRARY + ".internal.jetty..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(LIBRARY + ".jetty..", LIBRARY + ".internal.jetty..")
                .check(classes(LIBRARY));
    }

    @Test
    void theAdapterForRedisUsesRoomsAndTheApi() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(INTERNAL, LIBRARY + ".detect..", LIBRARY + ".handshake..", LIBRARY + ".servlet..")
                .check(classes(LIBRARY + ".redis"));
    }

    @Test
    void onlyTheSampleKnowsRedis() {
        noClasses()
                .that()
                .resideOutsideOfPackages(LIBRARY + ".redis..", "io.twintrace.sample..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(LIBRARY + ".redis", "redis..")
                .check(classes("io.twintrace"));
    }

    /** Another class loader may load that package than the others. */
    @Test
    void noOtherClassNamesThoseOnJettysEndPoints() {
        String isolated = LIBRARY + ".internal.jetty.endpoint..";
        noClasses()
                .that()
                .resideOutsideOfPackage(isolated)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(isolated)
                .check(classes(LIBRARY));
    }

    /** They are those of all environments. Only the helpers for embedding are for one. */
    @Test
    void onlyTheHelpersForEmbeddingKnowAnEnvironment() {
        noClasses()
                .that()
                .resideOutsideOfPackages(LIBRARY + ".jetty.ee10", LIBRARY + ".jetty.ee11")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jetty.ee10..", "org.eclipse.jetty.ee11..")
                .check(classes(LIBRARY));
    }

    @Test
    void thePagesShowNothingInternal() throws Exception {
        try (Stream<Path> pages = Files.list(Path.of("../docs"))) {
            List<Path> all = Stream.concat(pages, Stream.of(Path.of("../README.md")))
                    .filter(page -> page.toString().endsWith(".md") && !page.equals(ARCHITECTURE))
                    .toList();
            for (Path page : all) {
                assertFalse(Files.readString(page).contains(LIBRARY + ".internal"), page::toString);
            }
        }
    }
}
