package io.paravert.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The house's arrows: which room may know which. A room that is not named here has none. */
class HouseArrowsTest {
    private static final Map<String, List<String>> PACKAGES = Map.ofEntries(
            Map.entry("abi", List.of("io.paravert.abi..")),
            Map.entry("isa", List.of("io.paravert.isa..")),
            Map.entry("memory", List.of("io.paravert.memory..")),
            Map.entry("sdk", List.of("io.paravert.device..")),
            Map.entry("virtio", List.of("io.paravert.virtio..")),
            Map.entry("builtin", List.of("io.paravert.devices..")),
            Map.entry("testkit", List.of("io.paravert.testkit..")),
            Map.entry("core", List.of("io.paravert.vmm..")),
            Map.entry("platform", List.of("io.paravert.platform..")),
            Map.entry("kvm", List.of("io.paravert.kvm..")),
            Map.entry("soft", List.of("io.paravert.soft..")),
            Map.entry("guest-kit", List.of("io.paravert.guest")),
            Map.entry("guest-kit-junit", List.of("io.paravert.guest.junit..")),
            Map.entry("lab", List.of("io.paravert.lab..")),
            Map.entry("load", List.of("io.paravert.load..")),
            Map.entry("cli", List.of("io.paravert.cli..")),
            Map.entry("examples", List.of("io.paravert.examples..")));

    /** Room, and the rooms that it may know. */
    private static final Map<String, List<String>> ARROWS = new LinkedHashMap<>();

    static {
        ARROWS.put("abi", List.of());
        ARROWS.put("isa", List.of());
        ARROWS.put("memory", List.of());
        ARROWS.put("sdk", List.of("abi"));
        ARROWS.put("virtio", List.of("abi", "sdk"));
        ARROWS.put("builtin", List.of("abi", "memory", "sdk", "virtio"));
        ARROWS.put("testkit", List.of("abi", "sdk"));
        ARROWS.put("core", List.of("abi", "isa", "memory", "sdk"));
        ARROWS.put("kvm", List.of("abi", "memory", "sdk", "core"));
        ARROWS.put("soft", List.of("abi", "isa", "memory", "sdk", "core"));
        ARROWS.put("platform", List.of("abi", "isa", "memory", "sdk", "virtio", "builtin", "core"));
        ARROWS.put("guest-kit", List.of("abi", "isa"));
        ARROWS.put("guest-kit-junit", List.of("abi", "isa", "sdk", "core", "guest-kit"));
        ARROWS.put("lab", List.of("abi", "isa", "memory", "sdk", "virtio", "builtin", "core", "guest-kit"));
        ARROWS.put("load", List.of("abi", "isa", "sdk", "builtin", "core", "guest-kit"));
        ARROWS.put(
                "cli",
                List.of(
                        "abi",
                        "isa",
                        "memory",
                        "sdk",
                        "virtio",
                        "builtin",
                        "core",
                        "platform",
                        "guest-kit",
                        "lab",
                        "load"));
        ARROWS.put("examples", List.of("abi", "isa", "sdk", "core", "builtin", "virtio", "guest-kit", "cli"));
    }

    private static JavaClasses classes = new ClassFileImporter().importPackages();

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.paravert");
    }

    private static EvaluationResult broken(String room, List<String> known) {
        String[] others = PACKAGES.keySet().stream()
                .filter(other -> !other.equals(room) && !known.contains(other))
                .flatMap(other -> PACKAGES.get(other).stream())
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAnyPackage(PACKAGES.get(room).toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .allowEmptyShould(true)
                .evaluate(classes);
    }

    @Test
    void everyArrowShouldPointOneWay() {
        ARROWS.forEach((room, known) -> assertThat(
                        broken(room, known).getFailureReport().getDetails())
                .as("the room %s may know %s only", room, known)
                .isEmpty());
    }

    @Test
    void aWrongArrowShouldBeSeen() {
        assertThat(broken("core", List.of("isa")).hasViolation()).isTrue();
    }

    @Test
    void everyRoomOnTheClassPathShouldHaveItsArrows() {
        List<String> homeless = classes.stream()
                .map(JavaClass::getPackageName)
                .distinct()
                .filter(name -> PACKAGES.values().stream()
                        .flatMap(List::stream)
                        .noneMatch(p -> name.equals(p) || name.startsWith(p.replace("..", ""))))
                .toList();
        assertThat(homeless).isEmpty();
        assertThat(PACKAGES.keySet()).isEqualTo(ARROWS.keySet());
        assertThat(Arrays.asList("abi", "sdk", "core", "kvm", "soft", "cli"))
                .allSatisfy(room -> assertThat(classes.stream()
                                .anyMatch(c -> c.getPackageName()
                                        .startsWith(PACKAGES.get(room).get(0).replace("..", ""))))
                        .as(room)
                        .isTrue());
    }

    @Test
    void packagesOfCoreAndBelowShouldHaveNoCyclesBetweenRooms() {
        slices().matching("io.paravert.(*)..").should().beFreeOfCycles().check(classes);
    }
}
