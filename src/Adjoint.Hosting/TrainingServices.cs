using Adjoint.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Adjoint.Hosting;

/// <summary>Trainings in programs with dependency injection.</summary>
public static class TrainingServices
{
    /// <summary>Registers what a training tells its program by: <see cref="TrainingLogger"/>, <see cref="TrainingMetrics"/> and a <see cref="TrainingWatch"/> whose findings are logged.</summary>
    /// <remarks>
    /// Ask for <c>IEnumerable&lt;TrainingCallback&gt;</c> and give it to <see cref="TrainingOptions.Callbacks"/>. Logger and metrics serve all trainings; a watch remembers one, so that every
    /// resolution makes a new one. Own callbacks registered as <see cref="TrainingCallback"/> are in the list too. Called twice it changes nothing.
    /// </remarks>
    /// <example><code>
    /// builder.Services.AddAdjointTraining();
    /// sealed class Nightly(IEnumerable&lt;TrainingCallback&gt; callbacks) : BackgroundService
    /// {
    ///     protected override Task ExecuteAsync(CancellationToken stop) =>
    ///         trainer.FitAsync(train, validation, new() { Callbacks = [.. callbacks] }, cancellation: stop);
    /// }
    /// </code></example>
    public static IServiceCollection AddAdjointTraining(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging().AddMetrics();
        services.TryAddSingleton<TrainingLogger>();
        services.TryAddSingleton<TrainingMetrics>();
        services.TryAddTransient(provider => new TrainingWatch { Findings = provider.GetRequiredService<TrainingLogger>() });
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Transient<TrainingCallback, TrainingLogger>(provider => provider.GetRequiredService<TrainingLogger>()),
            ServiceDescriptor.Transient<TrainingCallback, TrainingMetrics>(provider => provider.GetRequiredService<TrainingMetrics>()),
            ServiceDescriptor.Transient<TrainingCallback, TrainingWatch>(provider => provider.GetRequiredService<TrainingWatch>()),
        ]);
        return services;
    }
}
