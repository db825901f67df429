using Adjoint.Kernels;
using Adjoint.Kernels.Lanes;
using Adjoint.Kernels.Normalization;

namespace Adjoint.Ops;

/// <summary>Logits and targets as the kernel wants them: rows of classes in memory order.</summary>
internal readonly unsafe ref struct TargetRows<T>
{
    readonly Tensor _logits, _target;
    readonly Tensor? _weight;

    public TargetRows(CrossEntropy op, Tensor logits, Tensor target, Tensor? weight)
    {
        var form = new RowForm(logits.Shape, 1);
        Count = form.Count;
        DType type = typeof(T) == typeof(double) ? DType.F64 : DType.F32;
        _logits = form.Rows(logits);
        Logits = new(_logits.Data, _logits.DType);
        _target = target.DType.IsFloat ? form.Read(target.Detach().To(type)) : target.To(DType.I64).Contiguous();
        _weight = weight?.Detach().To(type).Contiguous();
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

    /// <summary>Halves as they are.</summary>
    public Stored<T> Logits { get; }

    public Targets<T> Targets { get; }

    /// <summary>The number of rows.</summary>
    public long Count { get; }

    /// <summary>The kernel is done with the pointers.</summary>
    public void Dispose()
    {
        GC.KeepAlive(_logits);
        GC.KeepAlive(_target);
        GC.KeepAlive(_weight);
    }
}
