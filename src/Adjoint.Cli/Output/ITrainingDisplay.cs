using System.Text.Json.Nodes;
using Adjoint.Training;

namespace Adjoint.Cli.Output;

/// <summary>Shows a training: to people, or to machines.</summary>
internal interface ITrainingDisplay : IProgress<TrainingProgress>, IProgress<Finding>
{
    /// <summary>The training begins.</summary>
    /// <param name="record">For machines.</param>
    /// <param name="text">For people.</param>
    void Begin(JsonObject record, string text);

    /// <summary>Runs the training, which reports as it goes.</summary>
    TrainingResult Show(Func<TrainingResult> train);

    /// <summary>The training is over.</summary>
    /// <param name="record">For machines.</param>
    /// <param name="text">For people.</param>
    void End(JsonObject record, IEnumerable<string> text);
}
