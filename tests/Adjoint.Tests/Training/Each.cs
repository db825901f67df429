using Adjoint.Training;

namespace Adjoint.Tests.Training;

/// <summary>Calls back on the calling thread, at once.</summary>
internal sealed class Each(Action<TrainingProgress> report) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => report(value);
}
