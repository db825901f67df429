using Adjoint.Kernels.Lanes;
using Adjoint.Kernels.Normalization;

namespace Adjoint.Ops;

/// <summary>Logits and targets as the kernel wants them: rows of classes in memory order.</summary>
internal readonly unsafe ref struct TargetRows<T>
{
    readonly Tensor _target;
    readonly Tensor? _weight;

    public TargetRows(CrossEntropy op, Tensor logits, Tensor target, Tensor? weight)
    {
        var form = new RowForm(logits.Shape, 1);
        Count = form.Count;
        Logits = form.Read(logits);
        _target = target.DType.IsFloat ? form.Read(target.Detach().To(Logits.DType)) : target.To(DType.I64).Contiguous();
        _weight = weight?.Detach().To(Logits.DType).Contiguous();
        Targets = new()
        {
            Labels = target.DType.IsFloat ? null : (long*)_target.Data,
            Probabilities = target.DType.IsFloat ? (T*)_target.Data : null,
            Weight = _weight is null ? null : (T*)_weight.Data,
            Smoothing = Lane<T>.Rounded(op.LabelSmoothing).Value,
            Ignored = op.IgnoreIndex,
            Classes = form.Length,
        };
    }

    public Tensor Logits { get; }

    public Targets<T> Targets { get; }

    /// <summary>The number of rows.</summary>
    public long Count { get; }

    /// <summary>The kernel is done with the pointers.</summary>
    public void Dispose()
    {
        GC.KeepAlive(_target);
        GC.KeepAlive(_weight);
    }
}
