using System.Text.Json.Nodes;
using Adjoint.Data;

namespace Adjoint.Training;

/// <summary>How far a call of <see cref="Trainer.Fit"/> has come: what it needs to go on besides the parts it trains.</summary>
internal sealed class FitState(LoaderState begin) : IStatePart
{
    /// <summary>The epoch that runs or comes next, from 1.</summary>
    public int Epoch { get; set; } = 1;

    /// <summary>Batches of this epoch that are part of a finished step.</summary>
    public long Batch { get; set; }

    /// <summary>Finished steps of the optimizer.</summary>
    public long Steps { get; set; }

    /// <summary>Steps that were left out by <see cref="TrainingOptions.SkipNonFinite"/>, and how many of them one after the other up to now.</summary>
    public (long All, int InARow) Skipped { get; set; }

    /// <summary>Wall time of all epochs.</summary>
    public double AllSeconds => Seconds + History.Sum(e => e.Seconds);

    /// <summary>Where the loader stood after the last finished step.</summary>
    public LoaderState Reached { get; set; } = begin;

    /// <summary>The score of this epoch so far.</summary>
    public Tally Tally { get; set; } = new();

    /// <summary>Wall time of this epoch so far, before the present process.</summary>
    public double Seconds { get; set; }

    /// <summary>The finished epochs.</summary>
    public List<EpochRecord> History { get; } = [];

    /// <summary>The best of them.</summary>
    public EpochRecord? Best { get; set; }

    public PartState Save() => new(new Dictionary<string, Tensor>(), new()
    {
        ["epoch"] = Epoch,
        ["batch"] = Batch,
        ["steps"] = Steps,
        ["skipped"] = Skipped.All,
        ["skipped_in_a_row"] = Skipped.InARow,
        ["seconds"] = Seconds,
        ["loss"] = EpochJson.Number(Tally.Loss),
        ["correct"] = Tally.Correct,
        ["rows"] = Tally.Rows,
        ["best"] = Best?.Epoch,
        ["history"] = new JsonArray([.. History.Select(EpochJson.Of)]),
    });

    public Action Restore(PartState state)
    {
        JsonObject v = state.Values;
        (int epoch, long batch, long steps, double seconds) = ((int)v["epoch"]!, (long)v["batch"]!, (long)v["steps"]!, (double)v["seconds"]!);
        (long, int) skipped = ((long)v["skipped"]!, (int)v["skipped_in_a_row"]!);
        var tally = new Tally(EpochJson.Double(v["loss"]!), (long?)v["correct"], (long)v["rows"]!);
        List<EpochRecord> history = [.. v["history"]!.AsArray().Select(e => EpochJson.Record(e!))];
        EpochRecord? best = (int?)v["best"] is { } number ? history.First(e => e.Epoch == number) : null;
        return () =>
        {
            (Epoch, Batch, Steps, Skipped, Seconds, Tally, Best) = (epoch, batch, steps, skipped, seconds, tally, best);
            History.Clear();
            History.AddRange(history);
        };
    }
}
