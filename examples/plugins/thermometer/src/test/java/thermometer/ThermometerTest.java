package thermometer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.paravert.testkit.TestMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ThermometerTest {
    @Test
    void shouldReadAndRaiseTheAlarmOnceForEachHeat() throws Exception {
        Path file = Files.writeString(Files.createTempFile("heat", ""), "21000");
        try (TestMachine machine = new TestMachine()) {
            machine.plug(new Thermometer(new Thermometer.Settings(file.toString(), 30_000, 1)));
            assertEquals(294_150, machine.call(Thermometer.READ));
            assertEquals(0, machine.raised(0));
            Files.writeString(file, "31000");
            machine.await("the alarm", () -> machine.raised(0) == 1);
        }
    }
}
