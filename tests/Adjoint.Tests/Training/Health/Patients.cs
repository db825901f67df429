using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;

namespace Adjoint.Tests.Training.Health;

/// <summary>Small networks that learn which of three rings a point lies in, healthy or not.</summary>
internal static class Patients
{
    public const int Width = 32;

    /// <summary>Points of the plane, by their distance from the origin.</summary>
    public static DataLoader Rings(ulong seed = 1, long rows = 512, int batch = 64, bool randomLabels = false)
    {
        var random = new Generator(seed);
        Tensor points = random.Uniform([rows, 2], -2, 2), distance = points.Square().Sum(1).Sqrt();
        Tensor ring = randomLabels ? random.Integers([rows], 0, 3) : (distance > 0.9).To(DType.I64) + (distance > 1.6).To(DType.I64);
        return new(new TensorDataset(points, ring), batch, new Generator(seed + 1));
    }

    /// <summary>Layers of the same width with an activation behind each, and a last one for the three classes.</summary>
    public static Sequential Plain(int layers, Func<Layer> activation, Func<Linear> hidden)
    {
        var net = new List<Layer> { new Linear(2, Width, new Generator(5)), activation() };
        for (int i = 1; i < layers; i++) net.AddRange([hidden(), activation()]);
        net.Add(new Linear(Width, 3, new Generator(6)));
        return [.. net];
    }

    /// <summary>Makes hidden layers one after the other, with weights of a standard deviation of gain/√inputs.</summary>
    public static Func<Linear> Hidden(double gain)
    {
        var random = new Generator(7);
        return () =>
        {
            var layer = new Linear(Width, Width, random);
            using NoGrad off = NoGrad.Scope();
            layer.Weight.CopyFrom(random.Normal([Width, Width]) * (gain / Math.Sqrt(Width)));
            layer.Bias!.Fill(0);
            return layer;
        };
    }

    public static TrainingWatch Train(Module<Tensor, Tensor> net, Optimizer optimizer, TrainingOptions? options = null, DataLoader? train = null, DataLoader? validation = null, LearningRateSchedule? schedule = null)
    {
        var watch = new TrainingWatch();
        try
        {
            new Trainer(net, optimizer, Objective.Classification(), schedule).Fit(train ?? Rings(), validation, (options ?? new() { Epochs = 10 }) with { Callbacks = [watch] });
        }
        catch (NonFiniteLossException)
        {
            // Which the watch has heard of.
        }

        return watch;
    }
}
