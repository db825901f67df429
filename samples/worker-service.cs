#:project ../src/Adjoint.Hosting
#:package Microsoft.Extensions.Hosting
#:property PublishAot=false
// A service that trains on a schedule, goes on where it was stopped, and leaves a model for others: dotnet run samples/worker-service.cs -- --every 00:10:00
// Ctrl-C (or SIGTERM) ends it between two steps; started again, the unfinished training goes on to the very bits it would have had.
using Adjoint;
using Adjoint.Data;
using Adjoint.Hosting;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Services.AddAdjointTraining();
builder.Services.AddHostedService<ScheduledTraining>();
builder.Build().Run();

/// <summary>Settings: <c>--every</c> hh:mm:ss between two trainings, <c>--folder</c> for what they leave, <c>--rounds</c> after which the service ends.</summary>
sealed partial class ScheduledTraining(IServiceProvider services, IConfiguration settings, IHostApplicationLifetime host, ILogger<ScheduledTraining> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        string folder = settings["folder"] ?? "worker";
        int rounds = settings.GetValue("rounds", int.MaxValue);
        using var timer = new PeriodicTimer(settings.GetValue("every", TimeSpan.FromMinutes(10)));
        for (int round = 1; round <= rounds; round++)
        {
            await Train(folder, stop);
            if (stop.IsCancellationRequested || round == rounds || !await timer.WaitForNextTickAsync(stop)) break;
        }

        host.StopApplication();
    }

    async Task Train(string folder, CancellationToken stop)
    {
        // Checkpoints without a finished model are those of a training that was stopped: it goes on.
        string checkpoints = Path.Combine(folder, "checkpoints"), model = Path.Combine(folder, "model.safetensors");
        var random = new Generator(seed: 1);
        Sequential net = [new Linear(2, 64, random), new Gelu(), new Linear(64, 2, random)];
        DataLoader train = Points(rows: 4096, seed: 2), validation = Points(rows: 1024, seed: 3);
        var optimizer = new AdamW(net.Parameters(), learningRate: 0.01);
        var trainer = new Trainer(net, optimizer, Objective.Classification());
        TrainingResult result = await trainer.FitAsync(train, validation, new()
        {
            Epochs = 20,
            Checkpoints = new(checkpoints) { InBackground = true },
            CheckpointEvery = 50,
            Resume = true,
            Callbacks = [.. services.GetServices<TrainingCallback>()],
        }, cancellation: stop);
        if (result.End == TrainingEnd.Cancelled) return;
        ModelFile.Save(model, net);     // whoever reads it sees the old model or the new one, never half of one
        Directory.Delete(checkpoints, recursive: true);
        IsNew(log, model, result.Best!.Validation!.Accuracy);
    }

    [LoggerMessage(1, LogLevel.Information, "{Model} is new: validation accuracy {Accuracy:P1}")]
    static partial void IsNew(ILogger log, string model, double? accuracy);

    // What a real service would read from its database.
    static DataLoader Points(long rows, ulong seed)
    {
        var random = new Generator(seed);
        Tensor points = random.Uniform([rows, 2], -1, 1);
        return new(new TensorDataset(points, (points.Square().Sum(1) < 0.5).To(DType.I64)), batchSize: 64, shuffle: random);
    }
}
