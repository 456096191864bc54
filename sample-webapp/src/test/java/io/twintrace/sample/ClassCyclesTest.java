package io.twintrace.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Classes can be understood one after another, in the modules that applications use. */
class ClassCyclesTest {
    private static final String ALL = "io.twintrace";

    /** A conflict, its report, its exception and its listeners are one subject. */
    private static final String EXCEPT = "io.twintrace.websocket.detect";

    @Test
    void noClassesUseEachOtherInACircle() {
        Map<String, Set<String>> uses = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ALL).stream()
                        .filter(each -> !each.getPackageName().equals(EXCEPT))
                        .collect(Collectors.toMap(
                                ClassCyclesTest::topLevel,
                                ClassCyclesTest::uses,
                                ClassCyclesTest::union,
                                TreeMap::new));
        uses.forEach((name, used) -> used.retainAll(uses.keySet()));
        uses.forEach((name, used) -> used.remove(name));
        boolean changed = true;
        while (changed) {
            Set<String> used = uses.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
            changed = uses.values().removeIf(Set::isEmpty);
            changed |= uses.keySet().retainAll(used);
            uses.values().forEach(left -> left.retainAll(uses.keySet()));
        }
        assertEquals(Map.of(), uses);
    }

    private static Set<String> uses(JavaClass from) {
        return from.getDirectDependenciesFromSelf().stream()
                .map(Dependency::getTargetClass)
                .map(ClassCyclesTest::topLevel)
                .collect(Collectors.toSet());
    }

    private static Set<String> union(Set<String> some, Set<String> more) {
        some.addAll(more);
        return some;
    }

    private static String topLevel(JavaClass part) {
        String name = part.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }
}
