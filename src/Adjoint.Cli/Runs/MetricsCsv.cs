using System.Globalization;
using System.Text;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>The history of a training as a table: a line an epoch.</summary>
internal static class MetricsCsv
{
    public static string Of(IEnumerable<EpochRecord> epochs)
    {
        var text = new StringBuilder("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,learning_rate,seconds,best,loss_scale,skipped_steps\n");
        foreach (EpochRecord e in epochs)
            text.Append(CultureInfo.InvariantCulture, $"{e.Epoch},{e.Train.Loss},{e.Train.Accuracy},{e.Validation?.Loss},{e.Validation?.Accuracy},{e.LearningRate},{e.Seconds:0.000},{(e.IsBest ? 1 : 0)},{e.LossScale},{e.SkippedSteps}\n");
        return text.ToString();
    }
}
