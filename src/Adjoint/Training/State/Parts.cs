using System.Text.Json.Nodes;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Training;

/// <summary>Parameters and buffers, and the random streams of the layers.</summary>
internal sealed class ModulePart(Module module) : IStatePart
{
    public PartState Save()
    {
        var streams = new JsonObject();
        foreach ((string name, Generator generator) in module.NamedGenerators()) streams.Add(name, GeneratorPart.Of(generator));
        return new(module.State(), new() { ["random"] = streams });
    }

    public Action Restore(PartState state)
    {
        Action load = StateLoading.Plan(module.Walk(), state.Tensors, strict: true);
        IReadOnlyList<(string Name, Generator Generator)> own = module.NamedGenerators();
        JsonObject streams = state.Values["random"]!.AsObject();
        if (streams.Count != own.Count || own.Any(g => !streams.ContainsKey(g.Name)))
            throw new ArgumentException($"training state: the random streams must be those of the model ({string.Join(", ", own.Select(g => g.Name))}), but they are {string.Join(", ", streams.Select(s => s.Key))}.");
        Action[] all = [load, .. own.Select(g => GeneratorPart.Change(g.Generator, streams[g.Name]!.AsObject()))];
        return () => Array.ForEach(all, change => change());
    }
}

/// <summary>An optimizer's state, rates and decays.</summary>
internal sealed class OptimizerPart(Optimizer optimizer) : IStatePart
{
    public PartState Save() => new(optimizer.State(), []);

    public Action Restore(PartState state)
    {
        optimizer.CheckState(state.Tensors);
        return () => optimizer.LoadState(state.Tensors);
    }
}

/// <summary>The position of a schedule, which sets the rates.</summary>
internal sealed class SchedulePart(LearningRateSchedule schedule) : IStatePart
{
    public PartState Save() => new(new Dictionary<string, Tensor>(), new() { ["position"] = schedule.Position });

    public Action Restore(PartState state)
    {
        long position = (long)state.Values["position"]!;
        if (position < 0) throw new ArgumentException($"training state: a schedule's position must be at least 0, but it is {position}.");
        return () => schedule.Position = position;
    }
}

/// <summary>Averaged weights.</summary>
internal sealed class AveragePart(ExponentialMovingAverage average) : IStatePart
{
    public PartState Save() => new(average.State(), []);

    public Action Restore(PartState state)
    {
        average.CheckState(state.Tensors);
        return () => average.LoadState(state.Tensors);
    }
}

/// <summary>What losses are multiplied by.</summary>
internal sealed class ScalerPart(LossScaler scaler) : IStatePart
{
    public PartState Save() => new(new Dictionary<string, Tensor>(), new()
    {
        ["scale"] = scaler.State.Scale,
        ["good_steps"] = scaler.State.GoodSteps,
        ["skipped"] = scaler.State.Skipped,
        ["skipped_in_a_row"] = scaler.State.SkippedInARow,
    });

    public Action Restore(PartState state)
    {
        JsonObject v = state.Values;
        (double, long, long, int) saved = ((double)v["scale"]!, (long)v["good_steps"]!, (long)v["skipped"]!, (int)v["skipped_in_a_row"]!);
        return () => scaler.State = saved;
    }
}

/// <summary>What a plateau has seen so far.</summary>
internal sealed class PlateauPart(ReduceOnPlateau plateau) : IStatePart
{
    public PartState Save() => new(new Dictionary<string, Tensor>(), new() { ["best"] = plateau.State.Best, ["worse"] = plateau.State.Worse, ["waiting"] = plateau.State.Waiting });

    public Action Restore(PartState state)
    {
        (double? best, long worse, long waiting) = ((double?)state.Values["best"], (long)state.Values["worse"]!, (long)state.Values["waiting"]!);
        return () => plateau.State = (best, worse, waiting);
    }
}

/// <summary>Which batch of which epoch comes next.</summary>
/// <param name="loader">The loader.</param>
/// <param name="at">Where it stands, if not where it says itself.</param>
internal sealed class LoaderPart(DataLoader loader, Func<LoaderState>? at = null) : IStatePart
{
    public PartState Save()
    {
        LoaderState state = at?.Invoke() ?? loader.State;
        return new(new Dictionary<string, Tensor>(), new()
        {
            ["epoch"] = state.Epoch,
            ["position"] = state.Position,
            ["count"] = state.Count,
            ["batch_size"] = state.BatchSize,
            ["seed"] = state.Seed,
            ["stream"] = state.Stream,
            ["draws"] = state.Draws,
        });
    }

    public Action Restore(PartState state)
    {
        JsonObject v = state.Values;
        var saved = new LoaderState((long)v["epoch"]!, (long)v["position"]!, (long)v["count"]!, (int)v["batch_size"]!, (ulong)v["seed"]!, (ulong)v["stream"]!, (long?)v["draws"] ?? 0);
        loader.Check(saved);
        return () => loader.State = saved;
    }
}

/// <summary>Where a random stream stands.</summary>
internal sealed class GeneratorPart(Generator generator) : IStatePart
{
    public PartState Save() => new(new Dictionary<string, Tensor>(), Of(generator));

    public Action Restore(PartState state) => Change(generator, state.Values);

    public static JsonObject Of(Generator generator) => new() { ["seed"] = generator.Seed, ["stream"] = generator.Stream, ["position"] = generator.Position };

    public static Action Change(Generator generator, JsonObject values)
    {
        (ulong, ulong, ulong) state = ((ulong)values["seed"]!, (ulong)values["stream"]!, (ulong)values["position"]!);
        return () => generator.State = state;
    }
}
