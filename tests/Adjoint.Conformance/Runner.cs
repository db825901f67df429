using Adjoint.Formats;

namespace Adjoint.Conformance;

/// <summary>Runs cases and counts: right, wrong, not built yet.</summary>
public sealed class Runner(SafetensorsFile file, DType dtype)
{
    /// <summary>The largest relative difference that counts as right.</summary>
    public double Tolerance { get; } = dtype == DType.F64 ? 1e-9 : 2e-4;

    /// <summary>Operations in whose gradient the framework's first major version rounded a constant (1/6, 1/alpha) to single precision: its values are good to 2⁻²⁴ only, or, where the constant stands in an exponent and as a factor, to a few times that.</summary>
    static readonly string[] SinglePrecisionGradients = ["hardsigmoid", "celu"];

    public int Passed { get; private set; }

    public List<string> Failures { get; } = [];

    public List<string> Skips { get; } = [];

    public void Run(Case @case)
    {
        using Scope scope = Scope.Begin(@case.Name);
        try
        {
            double error = @case.Operation.Split(':') switch
            {
                ["hvp", string op] => Curvature(@case, op),
                ["optim", string rule] => Optimizers.Run(rule, @case, this),
                ["sched", string schedule] => Schedules.Run(schedule, @case, this),
                _ => Operation(@case),
            };
            if (error <= Tolerance) Passed++;
            else Failures.Add($"{@case.Name}: relative error {error:0.0e+0} is above {Tolerance:0.0e+0}. {@case.Operation} {@case.Settings}");
        }
        catch (SkippedException skipped)
        {
            Skips.Add($"{@case.Name}: {skipped.Message}");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Failures.Add($"{@case.Name}: {e.GetType().Name}: {e.Message} {@case.Operation} {@case.Settings}");
        }
    }

    public Tensor Load(string key)
    {
        Tensor tensor = file.Load(key);
        return tensor.DType == DType.F64 ? tensor.To(dtype) : tensor;
    }

    /// <summary>The largest difference, relative to the larger of the value and the expected tensor's root mean square; whole numbers and truths must be exact.</summary>
    public double Error(Tensor actual, string key)
    {
        Tensor expected = file.Load(key);
        if (expected.DType.IsFloat != actual.DType.IsFloat) throw new DTypeException($"'{key}' is {expected.DType}, the result is {actual.DType}.");
        double error = Ops.OperationCheck.Error([actual], [Plain.From(expected)]);
        return error > 0 && !expected.DType.IsFloat ? double.PositiveInfinity : error;
    }

    double Operation(Case @case)
    {
        Tensor[] inputs = [.. @case.Inputs.Select(i => Load(i.Key))];
        for (int i = 0; i < inputs.Length; i++) if (@case.Inputs[i].Grad) inputs[i] = inputs[i].Copy().AsParameter();
        Tensor[] outputs = Operations.Apply(@case.Operation, inputs, @case.Settings);
        if (outputs.Length != @case.Outputs.Length) throw new FormatException($"the case has {@case.Outputs.Length} outputs, the operation gives {outputs.Length}.");
        double worst = outputs.Zip(@case.Outputs, Error).Max();

        // The case has one gradient for each floating-point output, in order.
        Tensor[] floats = [.. outputs.Where(y => y.DType.IsFloat)];
        Tensor[] leaves = [.. inputs.Where(x => x.RequiresGrad)];
        if (leaves.Length == 0 || @case.OutputGradients.Length == 0) return worst;
        Tensor total = floats.Zip(@case.OutputGradients, (y, key) => (y * Load(key)).Sum()).Aggregate((a, b) => a + b);
        total.Backward();
        for (int i = 0; i < inputs.Length; i++)
        {
            if (@case.Gradients.ElementAtOrDefault(i) is not { } key) continue;
            double error = Error(inputs[i].Grad ?? Tensor.Zeros(inputs[i].Shape, inputs[i].DType), key);
            if (error < Math.ScaleB(1, -22) && IsRounded(@case)) continue;
            worst = Math.Max(worst, error);
        }

        return worst;
    }

    static bool IsRounded(Case @case) =>
        SinglePrecisionGradients.Contains(@case.Operation) && @case.Settings.Source.Contains("torch 1.", StringComparison.Ordinal);

    /// <summary>∂/∂x ⟨∂/∂x Σ c·f(x), v⟩.</summary>
    double Curvature(Case @case, string op)
    {
        Tensor x = Load(@case.Inputs[0].Key).Copy().AsParameter(), c = Load(@case.Inputs[1].Key), v = Load(@case.Inputs[2].Key);
        Tensor y = Operations.Curved(op, x);
        Tensor first = Gradients.Of((c * y).Sum(), [x], createGraph: true)[0]!;
        // The slope of a straight line does not depend on x.
        Tensor? second = first.RequiresGrad ? Gradients.Of((first * v).Sum(), [x])[0] : null;
        return Error(second ?? Tensor.Zeros(x.Shape, x.DType), @case.Outputs[0]);
    }
}
