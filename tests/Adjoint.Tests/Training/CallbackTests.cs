using System.Diagnostics.Metrics;
using Adjoint.Hosting;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Tests.Formats;
using Adjoint.Tests.Formats.TensorBoard;
using Adjoint.Tests.Training.Health;
using Adjoint.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tensorboard;
using Xunit;

namespace Adjoint.Tests.Training;

/// <summary>What trainings tell their surroundings: TensorBoard, meters, loggers.</summary>
[Collection(Alone.Name)]
public sealed class CallbackTests
{
    static Trainer Trainer(double rate = 0.01)
    {
        Sequential net = Patients.Plain(2, () => new Relu(), Patients.Hidden(1));
        return new(net, new Adam(net.Parameters(), rate), Objective.Classification());
    }

    static TrainingResult Train(TrainingCallback callback, int epochs = 2, Checkpoints? checkpoints = null, bool resume = false) => Trainer().Fit(
        Patients.Rings(), Patients.Rings(seed: 9), new() { Epochs = epochs, MaxGradientNorm = 1, Checkpoints = checkpoints, Resume = resume, Callbacks = [callback] }, cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void TensorBoard_sees_steps_epochs_and_histograms()
    {
        using var folder = new TemporaryFolder();
        TrainingResult result = Train(new TensorBoardLog(folder.File("events")) { Every = 4 });
        List<Event> events = EventRecords.Read(Assert.Single(Directory.GetFiles(folder.File("events"))));
        Summary.Types.Value[] Of(string tag) => [.. events.SelectMany(e => e.Summary?.Value.Where(v => v.Tag == tag) ?? [])];
        long[] Steps(string tag) => [.. events.Where(e => e.Summary?.Value.Any(v => v.Tag == tag) == true).Select(e => e.Step)];
        Assert.Equal([1, 4, 8, 12, 16], Steps("step/loss"));
        Assert.Equal([1, 4, 8, 12, 16], Steps("step/gradient_norm"));
        Assert.Equal([8, 16], Steps("loss/validation"));
        Assert.Equal(result.Epochs.Select(e => (float)e.Validation!.Accuracy!.Value), Of("accuracy/validation").Select(v => v.SimpleValue));
        Assert.Equal([8, 16], Steps("gradients/0.Weight"));
        Assert.All(Of("weights/2.Weight"), v => Assert.Equal(Patients.Width * Patients.Width, v.Histo.Num));
        Assert.Contains("Linear", Assert.Single(Of("model")).Tensor.StringVal[0].ToStringUtf8(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_training_goes_on_in_a_file_of_its_own()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new Checkpoints(folder.File("checkpoints"));
        Train(new TensorBoardLog(folder.File("events")), epochs: 1, checkpoints);
        Train(new TensorBoardLog(folder.File("events")), epochs: 2, checkpoints, resume: true);
        string[] files = [.. Directory.GetFiles(folder.File("events")).Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        Assert.Equal(9, EventRecords.Read(files[1]).First(e => e.SessionLog is not null).Step);
    }

    [Fact]
    public void Meters_count_steps_rows_and_epochs()
    {
        var sums = new Dictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter.Name == TrainingMetrics.MeterName) l.EnableMeasurementEvents(instrument); } };
        void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Assert.Equal("adjoint.model=Sequential", $"{tags[0].Key}={tags[0].Value}");
            sums[name] = sums.GetValueOrDefault(name) + value;
            sums["count " + name] = sums.GetValueOrDefault("count " + name) + 1;
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        using var metrics = new TrainingMetrics();
        listener.Start();
        Train(metrics);
        Assert.Equal((16, 1024, 2), (sums["adjoint.training.steps"], sums["adjoint.training.rows"], sums["adjoint.training.epochs"]));
        Assert.Equal((16, 16, 16, 2), (sums["count adjoint.training.step.duration"], sums["count adjoint.training.loss"], sums["count adjoint.training.gradient_norm"], sums["count adjoint.training.validation.accuracy"]));
        Assert.False(sums.ContainsKey("adjoint.training.skipped_steps"));
    }

    [Fact]
    public void Services_bring_a_logger_meters_and_a_watch()
    {
        var lines = new Lines();
        ServiceProvider services = new ServiceCollection().AddLogging(b => b.AddProvider(lines)).AddAdjointTraining().AddAdjointTraining().BuildServiceProvider();
        using (services)
        {
            TrainingCallback[] callbacks = [.. services.GetServices<TrainingCallback>()];
            Assert.Equal([typeof(TrainingLogger), typeof(TrainingMetrics), typeof(TrainingWatch)], callbacks.Select(c => c.GetType()));
            Assert.NotSame(callbacks[2], services.GetServices<TrainingCallback>().Last());
            Trainer().Fit(Patients.Rings(), options: new() { Epochs = 2, Callbacks = callbacks }, cancellation: TestContext.Current.CancellationToken);
            Assert.Throws<NonFiniteLossException>(() => Trainer(1e30).Fit(Patients.Rings(), options: new() { Callbacks = callbacks }, cancellation: TestContext.Current.CancellationToken));
        }

        Assert.StartsWith("Information 1 training of Sequential with 1251 parameters begins after step 0: at most 2 epochs of 8 steps", lines.All[0], StringComparison.Ordinal);
        Assert.StartsWith("Information 4 epoch 1: training loss ", lines.All[1], StringComparison.Ordinal);
        Assert.StartsWith("Information 5 training ended as Finished after step 16", lines.All[3], StringComparison.Ordinal);
        Assert.StartsWith("Error 6 training failed after step ", lines.All[^1], StringComparison.Ordinal);
    }

    sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Add($"{logLevel} {eventId.Id} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
