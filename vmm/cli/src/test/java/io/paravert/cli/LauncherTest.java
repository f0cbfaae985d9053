package io.paravert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher, in a tree of its own, with a Java and a Maven that only say what they were asked. */
class LauncherTest {
    private static final long LIMIT_SECONDS = 60;
    /** Where the programs are that the launcher needs of any system. */
    private static final List<String> SYSTEM = List.of("/usr/bin", "/bin");

    private static final List<String> NEEDED = List.of(
            "readlink",
            "dirname",
            "sed",
            "cut",
            "cat",
            "find",
            "head",
            "tail",
            "mkdir",
            "rm",
            "mv",
            "cp",
            "touch",
            "sleep");
    /** A Maven that makes what the launcher wants of it. */
    private static final String GOOD_MAVEN = """
            echo "$@" >>"$(dirname "$0")/../mvn.calls"
            for word; do case $word in -Dlauncher.lib=*) lib=${word#*=};; esac; done
            mkdir -p "$lib" vmm/cli/target examples/target
            : >"$lib/library.jar"
            : >vmm/cli/target/cli-1.jar
            : >examples/target/examples-1.jar
            """;

    @TempDir
    Path directory;

    private Path tree;
    private Path tools;
    private Path home;

    private record Result(int status, String out, String err) {}

    @BeforeEach
    void makeTree() throws IOException {
        tree = Files.createDirectories(directory.resolve("a tree"));
        tools = Files.createDirectories(directory.resolve("bin"));
        home = tree.resolve("target/paravert");
        Files.copy(Path.of("../../paravert"), tree.resolve("paravert"));
        executable(tree.resolve("paravert"));
        Files.writeString(tree.resolve("pom.xml"), "<project/>\n");
        for (String program : NEEDED) {
            Path real = SYSTEM.stream()
                    .map(folder -> Path.of(folder, program))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + program + " in " + SYSTEM));
            script(tools.resolve(program), "exec " + real + " \"$@\"\n");
        }
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body);
        executable(file);
    }

    /** A Java of that version on the path, with a compiler. When asked for a class archive, it makes one. */
    private void installJava(String version) throws IOException {
        Path jdk = directory.resolve("jdk");
        script(jdk.resolve("bin/java"), """
                for word; do case $word in
                    -XX:ArchiveClassesAtExit=*) echo archive >"${word#*=}"; exit;;
                esac; done
                for word; do echo "<$word>"; done
                exit 42
                """);
        script(jdk.resolve("bin/javac"), "exit 1\n");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.createSymbolicLink(tools.resolve("java"), jdk.resolve("bin/java"));
    }

    private void installMaven(String body) throws IOException {
        script(tools.resolve("mvn"), body);
    }

    private ProcessBuilder launcher(String... words) {
        List<String> command = new ArrayList<>(List.of(tree.resolve("paravert").toString()));
        command.addAll(Arrays.asList(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        return builder;
    }

    private Result run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        Process process = builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private void assertRefuses(String line) throws IOException, InterruptedException {
        Result result = run(launcher("run", "hello"));
        assertThat(result.err()).isEqualTo("paravert: " + line + "\n");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void shouldSayThatThereIsNoJava() throws Exception {
        assertRefuses("no java found; install a JDK 17 or newer (Debian: apt-get install openjdk-17-jdk)");
    }

    @Test
    void shouldSayThatJavaHomeIsWrong() throws Exception {
        installJava("17.0.1");
        ProcessBuilder builder = launcher("doctor");
        builder.environment().put("JAVA_HOME", "/no/such/jdk");
        Result result = run(builder);
        assertThat(result.err())
                .isEqualTo("paravert: JAVA_HOME is /no/such/jdk, which has no bin/java; set it to a JDK 17 or newer\n");
        assertThat(result.status()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1.8.0_292", "11.0.2", "16"})
    void shouldRefuseAnOldJava(String version) throws Exception {
        installJava(version);
        assertRefuses(directory.toRealPath().resolve("jdk/bin/java") + " is version " + version
                + "; install a JDK 17 or newer, or set JAVA_HOME to one");
    }

    @Test
    void shouldAskAJavaWithoutAReleaseFileForItsVersion() throws Exception {
        script(tools.resolve("java"), "echo '    java.version = 9.0.4' >&2\n");
        assertRefuses(tools.toRealPath().resolve("java")
                + " is version 9.0.4; install a JDK 17 or newer, or set JAVA_HOME to one");
    }

    @Test
    void shouldSayThatThereIsNoMaven() throws Exception {
        installJava("17.0.1");
        assertRefuses("no mvn found to build with; install Maven 3.8 or newer (Debian: apt-get install maven)");
    }

    @Test
    void shouldSayThatAJavaHasNoCompiler() throws Exception {
        installJava("17.0.1");
        installMaven(GOOD_MAVEN);
        Files.delete(directory.resolve("jdk/bin/javac"));
        assertRefuses(directory.toRealPath().resolve("jdk")
                + " has no javac to build with; install a JDK (Debian: apt-get install openjdk-17-jdk)");
    }

    @Test
    void shouldSayWhyABuildFailedAndWhereToReadMore() throws Exception {
        installJava("17.0.1");
        installMaven("echo '[INFO] Scanning'; echo '[ERROR] no such repository'; echo '[ERROR] second'; exit 1\n");
        assertRefuses("the build failed: no such repository; see " + tree.toRealPath() + "/target/paravert/build.log");
        assertThat(home.resolve("build.log")).content().contains("[ERROR] second");
        assertThat(home.resolve("lock")).doesNotExist();
        assertThat(home.resolve("classpath")).doesNotExist();
    }

    @Test
    void shouldSayThatABuildMadeNothing() throws Exception {
        installJava("17.0.1");
        installMaven("exit 0\n");
        assertRefuses("the build made no jar; see " + tree.toRealPath() + "/target/paravert/build.log");
    }

    @Test
    void shouldBuildOnceAndAgainWhenASourceHasChanged() throws Exception {
        installJava("17.0.1");
        installMaven(GOOD_MAVEN);
        Path calls = directory.resolve("mvn.calls");
        Result first = run(launcher("run", "hello", "--device", "block,file=a b"));
        assertThat(first.err()).isEmpty();
        assertThat(first.status()).as("the guest's own").isEqualTo(42);
        assertThat(first.out().lines())
                .contains("<-Dparavert.terminals=>", "<--add-opens=java.base/java.nio=ALL-UNNAMED>")
                .containsSubsequence("<io.paravert.cli.Main>", "<run>", "<hello>", "<--device>", "<block,file=a b>");
        assertThat(first.out()).contains("cli-1.jar", "examples-1.jar", "library.jar", "-XX:SharedArchiveFile=");
        assertThat(home.resolve("lock")).doesNotExist();

        assertThat(run(launcher("doctor")).status()).isEqualTo(42);
        assertThat(calls).content().hasLineCount(1);

        Path source = Files.createDirectories(tree.resolve("vmm/core/src")).resolve("New.java");
        Files.setLastModifiedTime(
                Files.createFile(source), FileTime.from(Instant.now().plusSeconds(5)));
        ProcessBuilder asItIs = launcher("doctor");
        asItIs.environment().put("PARAVERT_NO_BUILD", "1");
        assertThat(run(asItIs).status()).isEqualTo(42);
        assertThat(calls).content().hasLineCount(1);
        assertThat(run(launcher("doctor")).status()).isEqualTo(42);
        assertThat(calls).content().hasLineCount(2);
    }

    @Test
    void shouldGiveNewJavaTheOptionsThatItWants() throws Exception {
        installJava("25.0.1");
        installMaven(GOOD_MAVEN);
        ProcessBuilder builder = launcher("doctor");
        builder.environment().put("PARAVERT_JAVA_OPTIONS", "-Xmx64m -Da=b");
        assertThat(run(builder).out().lines())
                .contains("<--enable-native-access=ALL-UNNAMED>", "<--sun-misc-unsafe-memory-access=allow>")
                .contains("<-Xmx64m>", "<-Da=b>");
    }

    @Test
    void shouldTakeAwayALockWhoseHolderHasDied() throws Exception {
        installJava("17.0.1");
        installMaven(GOOD_MAVEN);
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.createDirectories(home);
        Files.writeString(home.resolve("lock"), dead.pid() + "\n");
        Result result = run(launcher("doctor"));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(42);
        assertThat(home.resolve("lock")).doesNotExist();
    }

    @Test
    void shouldWaitForAnotherBuildAndUseWhatItMade() throws Exception {
        installJava("17.0.1");
        installMaven(GOOD_MAVEN + "while [ ! -e \"$(dirname \"$0\")/../go\" ]; do sleep 0.05; done\n");
        Path calls = directory.resolve("mvn.calls");
        Process first = launcher("run", "a")
                .redirectOutput(directory.resolve("first").toFile())
                .start();
        try {
            await(calls);
            Process second = launcher("run", "b")
                    .redirectOutput(directory.resolve("second").toFile())
                    .start();
            try {
                Files.createFile(directory.resolve("go"));
                assertThat(second.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
                assertThat(second.exitValue()).isEqualTo(42);
            } finally {
                second.destroyForcibly();
            }
            assertThat(first.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(first.exitValue()).isEqualTo(42);
        } finally {
            first.destroyForcibly();
        }
        assertThat(calls).content().hasLineCount(1);
    }

    @Test
    void shouldStopTheBuildWhenItIsStopped() throws Exception {
        installJava("17.0.1");
        installMaven("echo $$ >\"$(dirname \"$0\")/../mvn.pid\"\nexec sleep 100\n");
        Process process = launcher("doctor").start();
        Path pid = directory.resolve("mvn.pid");
        try {
            await(pid);
            process.destroy();
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                .ifPresent(maven -> assertThat(maven.onExit())
                        .as("Maven has ended")
                        .succeedsWithin(LIMIT_SECONDS, TimeUnit.SECONDS));
        assertThat(home.resolve("lock")).doesNotExist();
    }

    private static void await(Path file) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!Files.exists(file) || Files.size(file) == 0) {
            assertThat(System.nanoTime()).as("%s appears", file).isLessThan(end);
            Thread.sleep(10);
        }
    }

    @Test
    void shouldSayThatItCannotBuildHere() throws Exception {
        installJava("17.0.1");
        installMaven(GOOD_MAVEN);
        Files.createFile(tree.resolve("target"));
        assertRefuses("cannot make " + tree.toRealPath()
                + "/target/paravert to build in; make it writable, or clone to a place that is");
    }

    @Test
    void shouldNotWaitForALockThatItCannotWrite() throws Exception {
        installJava("17.0.1");
        installMaven(GOOD_MAVEN);
        Files.createDirectories(home);
        Result result = run(asNobody(launcher("doctor")));
        assertThat(result.err())
                .isEqualTo("paravert: cannot write to " + tree.toRealPath()
                        + "/target/paravert; make it writable, or clone to a place that is\n");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void shouldRunWhatIsBuiltInATreeThatItCannotWrite() throws Exception {
        installJava("17.0.1");
        installMaven(GOOD_MAVEN);
        assertThat(run(launcher("doctor")).status()).isEqualTo(42);
        Files.delete(home.resolve("start-17.0.1.jsa"));
        Result result = run(asNobody(launcher("doctor")));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(42);
        assertThat(result.out()).doesNotContain("SharedArchiveFile");
    }

    /** The same as a user who may write nothing here; skipped where this one may not become that one. */
    private ProcessBuilder asNobody(ProcessBuilder builder) throws IOException {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/setpriv"))
                        && new String(
                                        new ProcessBuilder("id", "-u")
                                                .start()
                                                .getInputStream()
                                                .readAllBytes(),
                                        StandardCharsets.US_ASCII)
                                .strip()
                                .equals("0"))
                .as("only root can become nobody")
                .isTrue();
        executable(directory);
        builder.command().addAll(0, List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        return builder;
    }
}
