namespace Adjoint.Training;

/// <summary>The validation loss has turned and rises while that of the training falls (Prechelt 1998).</summary>
internal sealed class OverfittingDetector : Detector
{
    const double Rise = 1.1;

    public override Finding? Look(WatchHistory history)
    {
        EpochRecord[] epochs = [.. history.Epochs.Where(e => e.Validation is not null)];
        if (epochs.Length < 4) return null;
        EpochRecord best = epochs.MinBy(e => e.Validation!.Loss)!, last = epochs[^1];
        double now = Median(epochs.TakeLast(3).Select(e => e.Validation!.Loss));
        bool hasTurned = last.Epoch - best.Epoch >= Math.Max(2, epochs.Length / 5) && now > Rise * best.Validation!.Loss;
        if (!hasTurned || !(last.Train.Loss < best.Train.Loss)) return null;
        string accuracies = last.Train.Accuracy is { } t && last.Validation!.Accuracy is { } v ? $" Accuracy is {Percent(t)} on the training data and {Percent(v)} on the validation data." : "";
        return new(FindingKind.Overfitting, "The training data is being learned by heart.",
            $"The validation loss was best after epoch {best.Epoch} ({Text(best.Validation!.Loss)}) and is {Text(now)} now, while the training loss fell from {Text(best.Train.Loss)} to {Text(last.Train.Loss)}.{accuracies}",
            "Stop early (patience); use more data or augmentation; add dropout, weight decay or label smoothing; use a smaller model.");
    }
}
