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
    /// <param name="actual">What came out.</param>
    /// <param name="key">What should.</param>
    /// <param name="noise">A difference up to here is none: see <see cref="Noise"/>.</param>
    public double Error(Tensor actual, string key, double noise = 0)
    {
        Tensor expected = file.Load(key);
        if (expected.DType.IsFloat != actual.DType.IsFloat) throw new DTypeException($"'{key}' is {expected.DType}, the result is {actual.DType}.");
        double error = Ops.OperationCheck.Error([actual], [Plain.From(expected)]);
        if (error > Tolerance && double.IsFinite(error) && Plain.From(actual).Values.Zip(Plain.From(expected).Values, (a, e) => a.Equals(e) ? 0 : Math.Abs(a - e)).Max() <= noise) return 0;
        return error > 0 && !expected.DType.IsFloat ? double.PositiveInfinity : error;
    }

    /// <summary>What cancellation leaves of the numbers that went in: 2⁻⁴⁰ of them in F64, eight roundings in F32.</summary>
    /// <remarks>
    /// Where a gradient is 0 by its formula (a layer norm over one element, a bias that is the same for all keys), both frameworks compute a rounding
    /// error, magnified by 1/√ε in the layer norm, and comparing the two relative to each other says nothing.
    /// </remarks>
    double Noise(Case @case) =>
        Math.ScaleB(1, dtype == DType.F64 ? -40 : -20) * @case.Inputs.Select(i => i.Key).Concat(@case.OutputGradients).Select(file.Load).Where(t => t.DType.IsFloat)
            .Select(t => Math.Sqrt(Plain.From(t).Values.Where(double.IsFinite).Select(v => v * v).DefaultIfEmpty().Average())).DefaultIfEmpty().Max();

    double Operation(Case @case)
    {
        Tensor[] inputs = [.. @case.Inputs.Select(i => Load(i.Key))];
        // Functions of whole numbers are F32 here; there they have a default type, which the file's maker set to F64.
        if (inputs.Length > 0 && !inputs.Any(x => x.DType.IsFloat) && @case.Outputs.Any(key => file.Load(key).DType == DType.F64)) inputs = [.. inputs.Select(x => x.To(dtype))];
        double noise = Noise(@case);
        for (int i = 0; i < inputs.Length; i++) if (@case.Inputs[i].Grad) inputs[i] = inputs[i].Copy().AsParameter();
        Tensor[] outputs = Operations.Apply(@case.Operation, inputs, @case.Settings);
        if (outputs.Length != @case.Outputs.Length) throw new FormatException($"the case has {@case.Outputs.Length} outputs, the operation gives {outputs.Length}.");
        double worst = outputs.Zip(@case.Outputs, (y, key) => Error(y, key, noise)).Max();

        // The case has one gradient for each floating-point output, in order.
        Tensor[] floats = [.. outputs.Where(y => y.DType.IsFloat)];
        Tensor[] leaves = [.. inputs.Where(x => x.RequiresGrad)];
        if (leaves.Length == 0 || @case.OutputGradients.Length == 0) return worst;
        Tensor total = floats.Zip(@case.OutputGradients, (y, key) => (y * Load(key)).Sum()).Aggregate((a, b) => a + b);
        total.Backward();
        for (int i = 0; i < inputs.Length; i++)
        {
            if (@case.Gradients.ElementAtOrDefault(i) is not { } key) continue;
            double error = Error(inputs[i].Grad ?? Tensor.Zeros(inputs[i].Shape, inputs[i].DType), key, noise);
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
