namespace Adjoint.Ops;

/// <summary>Looks at labels before a kernel trusts them, and adds up what the losses are divided by.</summary>
internal static class RowWeights
{
    /// <summary>For a mean, the sum of the weights of all rows that count; else 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class.</exception>
    /// <exception cref="ArgumentException">No row counts, and a mean is asked for.</exception>
    public static double Total(string operation, Tensor logits, Tensor target, Tensor? weight, long ignoreIndex, Reduction reduction)
    {
        bool mean = reduction == Reduction.Mean;
        if (mean && target.Elements == 0)
            throw new ArgumentException($"{operation}: a mean needs at least one row, but logits are {logits.Shape}. Hint: skip such batches, or use Reduction.Sum.");
        (double total, bool any) = Sum(operation, logits, target, weight, ignoreIndex);
        if (mean && !any)
            throw new ArgumentException($"{operation}: a mean needs at least one row that is not ignored, but all {target.Elements} labels are {ignoreIndex}. Hint: skip such batches, or use Reduction.Sum.");
        return mean ? total : 1;
    }

    /// <summary>The sum of the weights of all rows that count, and whether there is such a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class.</exception>
    public static (double Total, bool Any) Sum(string operation, Tensor logits, Tensor target, Tensor? weight, long ignoreIndex)
    {
        if (target.DType.IsFloat) return (logits.Shape[1] == 0 ? 0 : target.Elements / logits.Shape[1], true);
        ReadOnlySpan<long> labels = target.To(DType.I64).Contiguous().AsSpan<long>();
        ReadOnlySpan<double> weights = weight is null ? [] : weight.Detach().To(DType.F64).Contiguous().AsSpan<double>();
        double total = 0;
        bool any = false;
        for (int i = 0; i < labels.Length; i++)
        {
            long label = labels[i];
            if (label == ignoreIndex) continue;
            if ((ulong)label >= (ulong)logits.Shape[1]) throw OutOfRange(operation, label, i, logits.Shape[1], target.Shape, ignoreIndex);
            total += weights.IsEmpty ? 1 : weights[(int)label];
            any = true;
        }

        return (total, any);
    }

    /// <summary>The same for the mean of each item of a mapped target, [items, …]; its labels have been looked at.</summary>
    /// <exception cref="ArgumentException">No row of an item counts.</exception>
    public static Tensor Totals(string operation, Tensor target, long classes, Tensor? weight, long ignoreIndex)
    {
        long items = target.Shape[0], rows = target.Elements / items;
        if (target.DType.IsFloat) return Tensor.Full([items], rows / classes, target.DType);
        Tensor counts = target.NotEqualTo(ignoreIndex);
        if (counts.Reshape(items, rows).Any(1).Everything.EqualTo(0).Any().Item() != 0)
            throw new ArgumentException($"{operation}: a mean needs at least one row that is not ignored, but all {rows} labels of an item are {ignoreIndex}. Hint: use Reduction.Sum.");
        Tensor each = weight is null
            ? counts.To(DType.F64)
            : target.To(DType.I64).MaskedFill(target.EqualTo(ignoreIndex), 0).Embedding(weight.Detach().To(DType.F64).Unsqueeze(1)).Squeeze(-1) * counts;
        return each.Reshape(items, rows).Sum(1);
    }

    static ArgumentOutOfRangeException OutOfRange(string operation, long label, long at, long classes, Shape shape, long ignoreIndex)
    {
        long[] index = [.. Enumerable.Range(0, shape.Rank).Select(axis => at / shape.Strides[axis] % shape[axis])];
        return new(null, $"{operation}: labels must be from 0 to {classes - 1}, or {ignoreIndex} for rows to ignore, but the label at [{string.Join(", ", index)}] is {label} and there are {classes} classes.");
    }
}
