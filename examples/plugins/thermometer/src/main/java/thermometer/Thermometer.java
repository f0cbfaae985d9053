package thermometer;

import io.paravert.abi.CallRange;
import io.paravert.abi.PvError;
import io.paravert.device.Delivery;
import io.paravert.device.Device;
import io.paravert.device.DeviceError;
import io.paravert.device.DeviceFactory;
import io.paravert.device.DeviceSite;
import io.paravert.device.EventLine;
import io.vertx.core.Future;

/** A thermometer: the guest reads it by a hypercall, and hears of heat by the device's event 0. */
public final class Thermometer implements Device {
    /** Result: the temperature in thousandths of a kelvin. */
    public static final int READ = CallRange.PLUGIN_FIRST;

    private static final int ZERO_CELSIUS = 273_150;

    /** file: thousandths of a degree Celsius as text; above: alarm limit, the same unit; every: ms between looks. */
    public record Settings(String file, long above, long every) {}

    private final Settings settings;
    private DeviceSite site;
    private EventLine alarm;
    private boolean hot;
    private boolean looking;
    private long timer;

    Thermometer(Settings settings) {
        this.settings = settings;
    }

    @Override
    public void attach(DeviceSite site) {
        this.site = site;
        alarm = site.eventLine(0);
        site.claimHypercalls(READ, 1, Delivery.CALL, call -> celsius().map(t -> t + ZERO_CELSIUS));
    }

    @Override
    public Future<Void> start() {
        timer = site.vertx().setPeriodic(Math.max(1, settings.every()), id -> lookAgain());
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> stop() {
        site.vertx().cancelTimer(timer);
        return Future.succeededFuture();
    }

    private void lookAgain() {
        if (!looking) { // A slow look must not end after a later one.
            looking = true;
            celsius().onSuccess(this::look).onComplete(done -> looking = false);
        }
    }

    private void look(long celsius) {
        boolean nowHot = celsius > settings.above();
        if (nowHot && !hot) {
            alarm.raise();
        }
        hot = nowHot;
    }

    private Future<Long> celsius() {
        return site.vertx()
                .fileSystem()
                .readFile(settings.file())
                .map(text -> Long.parseLong(text.toString().strip()))
                .recover(e -> Future.failedFuture(new DeviceError(PvError.EIO, "no temperature: " + e)));
    }

    /** By this the monitor finds it. */
    public static final class Factory implements DeviceFactory<Settings> {
        @Override
        public String type() {
            return "thermometer";
        }

        @Override
        public String summary() {
            return "reads a temperature file and raises an alarm";
        }

        @Override
        public Class<Settings> configuration() {
            return Settings.class;
        }

        @Override
        public Device create(Settings settings) {
            return new Thermometer(settings);
        }
    }
}
