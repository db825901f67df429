using System.Runtime.InteropServices;

namespace Adjoint.Data;

/// <summary>Examples that lie in memory: inputs [N, …] and targets [N, …].</summary>
/// <remarks>It holds the memory of both by itself: the tensors may be made in a scope that ends. Strided tensors are copied once.</remarks>
[PyTorch("torch.utils.data.TensorDataset", Differs = "Inputs and targets.")]
public sealed class TensorDataset : IDataset
{
    /// <summary>Joins inputs [N, …] and targets [N, …].</summary>
    /// <param name="inputs">One row an example.</param>
    /// <param name="targets">One row an example: classes (see <see cref="Classification"/>) or numbers.</param>
    /// <param name="checkFinite">Whether to refuse NaN and infinity, naming row and column.</param>
    /// <exception cref="ShapeException">One of them has no rows, or their numbers of rows differ.</exception>
    /// <exception cref="DataException">A number is not finite, and <paramref name="checkFinite"/> is set.</exception>
    public TensorDataset(Tensor inputs, Tensor targets, bool checkFinite = false)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (inputs.Rank == 0 || targets.Rank == 0) throw new ShapeException($"data set: inputs and targets must have rows, but inputs are {inputs.Shape} and targets are {targets.Shape}.");
        if (inputs.Shape[0] != targets.Shape[0]) throw new ShapeException($"data set: every input must have a target, but inputs are {inputs.Shape} and targets are {targets.Shape}.");
        if (checkFinite)
        {
            Checks.Finite(inputs, "inputs");
            Checks.Finite(targets, "targets");
        }

        (Inputs, Targets) = (Held(inputs), Held(targets));
    }

    /// <summary>All inputs: [N, …].</summary>
    public Tensor Inputs { get; }

    /// <summary>All targets: [N, …].</summary>
    public Tensor Targets { get; }

    /// <inheritdoc/>
    public long Count => Inputs.Shape[0];

    /// <summary>Joins inputs [N, …] and labels [N] of type I64, I32 or U8, which become I64.</summary>
    /// <exception cref="ShapeException">Labels are not [N].</exception>
    /// <exception cref="DTypeException">Labels are not whole numbers.</exception>
    /// <exception cref="DataException">A label is negative or not below <paramref name="classes"/>; or a number is not finite, and <paramref name="checkFinite"/> is set.</exception>
    public static TensorDataset Classification(Tensor inputs, Tensor labels, long classes, bool checkFinite = false)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Rank != 1) throw new ShapeException($"data set: labels must be [N], one class an example, but they are {labels.Shape}.");
        Tensor wide = Tensor.From(Checks.Labels(labels));
        Checks.Below(wide.AsSpan<long>(), classes);
        return new(inputs, wide, checkFinite);
    }

    /// <inheritdoc/>
    public Batch Fetch(ReadOnlySpan<long> rows) => new(Rows(Inputs, rows), Rows(Targets, rows));

    static unsafe Tensor Rows(Tensor source, ReadOnlySpan<long> rows)
    {
        Tensor target = Tensor.Allocate(source.Shape.With(0, rows.Length), source.DType);
        long count = source.Shape[0], bytes = source.Shape.Without(0).Elements * source.DType.Bytes;
        byte* from = (byte*)source.Data, to = (byte*)target.Data;
        foreach (long row in rows)
        {
            if ((ulong)row >= (ulong)count) throw new ArgumentOutOfRangeException(nameof(rows), $"data set: rows must be from 0 to {count - 1}, but one is {row}.");
            NativeMemory.Copy(from + (row * bytes), to, (nuint)bytes);
            to += bytes;
        }

        GC.KeepAlive(source);
        GC.KeepAlive(target);
        return target;
    }

    static Tensor Held(Tensor tensor)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("data set");
        return tensor.Contiguous().Alias(owned: false);
    }
}
