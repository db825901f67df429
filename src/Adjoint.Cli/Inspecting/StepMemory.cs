using Adjoint.Nn;
using Adjoint.Profiling;

namespace Adjoint.Cli.Inspecting;

/// <summary>What a training step keeps in memory and computes, in one precision; from a step on shapes alone.</summary>
/// <param name="Precision">The precision's name.</param>
/// <param name="Weights">The bytes of parameters and buffers.</param>
/// <param name="Gradients">The bytes of gradients, which have the types of their parameters.</param>
/// <param name="Optimizer">The bytes of AdamW's two moments, in F32 at least.</param>
/// <param name="Activations">The bytes that the forward pass keeps for the backward pass.</param>
/// <param name="ForwardFlops">The floating-point operations of the forward pass with its loss.</param>
/// <param name="BackwardFlops">Those of the backward pass.</param>
internal sealed record StepMemory(string Precision, long Weights, long Gradients, long Optimizer, long Activations, long ForwardFlops, long BackwardFlops)
{
    /// <summary>The precision in which the parameters themselves are halves.</summary>
    const string Pure = "bfloat16";

    public static IReadOnlyList<string> Precisions { get; } = [Adjoint.Precision.Float32.Name, Adjoint.Precision.Bfloat16Mixed.Name, Adjoint.Precision.Float16Mixed.Name, Pure];

    public long All => Weights + Gradients + Optimizer + Activations;

    /// <summary>A step of a model; to be called where tensors have shapes only.</summary>
    public static StepMemory Of(KnownModel known, string precision, long batch, long tokens)
    {
        Layer model = known.Make(new(1));
        Tensor x = known.Rows(batch, tokens);
        if (precision == Pure)
        {
            model.To(DType.BF16);
            if (x.DType.IsFloat) x = x.To(DType.BF16);
        }

        IReadOnlyList<Tensor> parameters = model.Parameters();
        using var cost = new CostCounter(parameters);
        Tensor loss;
        using (Policy(precision).Scope())
        {
            Tensor y = model.Call(x);
            loss = y.Flatten(0, -2).CrossEntropy(Tensor.Zeros([y.Elements / y.Shape[^1]], DType.I64));
        }

        (long forward, long saved) = (cost.ForwardFlops, cost.SavedBytes);
        loss.Backward();
        return new(precision, Sum(parameters, p => p.DType) + Sum(model.NamedBuffers().Select(b => b.Tensor), b => b.DType), Sum(parameters, p => p.DType), 2 * Sum(parameters, _ => DType.F32), saved, forward, cost.BackwardFlops);
    }

    static Precision Policy(string name) => name == Adjoint.Precision.Bfloat16Mixed.Name ? Adjoint.Precision.Bfloat16Mixed : name == Adjoint.Precision.Float16Mixed.Name ? Adjoint.Precision.Float16Mixed : Adjoint.Precision.Float32;

    static long Sum(IEnumerable<Tensor> tensors, Func<Tensor, DType> type) => tensors.Sum(t => t.Elements * type(t).Bytes);
}
