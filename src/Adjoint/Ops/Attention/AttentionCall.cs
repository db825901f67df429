using System.Numerics;
using Adjoint.Kernels.Attention;

namespace Adjoint.Ops;

/// <summary>The operands of an attention as its kernels take them: four axes, unit stride along the last; halves are read as they are where F32 is computed with.</summary>
internal sealed class AttentionCall<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly Tensor _q, _k, _v;
    readonly Tensor? _bias, _documents;

    public AttentionCall(ReadOnlySpan<Tensor> inputs, bool biased, bool hasDocuments, double scale, AttentionReach reach)
    {
        (_q, _k, _v) = (Rows(inputs[0]), Rows(inputs[1]), Rows(inputs[2]));
        Form = new(_q.Shape[0], _q.Shape[1], _k.Shape[1], _q.Shape[2], _k.Shape[2], _q.Shape[3], _v.Shape[3], scale)
        {
            IsCausal = reach.IsCausal, Position = reach.Position, Window = reach.Window, IsLinearlyBiased = reach.IsLinearlyBiased,
        };
        if (hasDocuments) _documents = inputs[^1].Alias().Expand(AttentionShapes.Numbers(inputs[0].Shape, Form.Keys)).Packed(DType.I64);
        if (!biased) return;
        Tensor bias = inputs[3].Alias();
        bias = bias.Expand(inputs[0].Shape.With(inputs[0].Rank - 1, inputs[1].Shape[^2]));
        _bias = Four(bias.DType == DType.Bool ? bias : bias.To(Type));
    }

    AttentionForm Form { get; }

    static DType Type => typeof(T) == typeof(double) ? DType.F64 : DType.F32;

    unsafe Kernels.Attention.AttentionBias<T> Bias => _bias is null ? default
        : new(_bias.DType == DType.Bool ? null : (T*)_bias.Data, _bias.DType == DType.Bool ? (bool*)_bias.Data : null, _bias.Strides[0], _bias.Strides[1], _bias.Strides[2], _bias.Strides[3]);

    unsafe AttentionDocuments Documents => _documents is null ? default : new((long*)_documents.Data, Form.Keys, Form.Position);

    /// <summary>Computes y and log₂ of the sums; y is any view of what it is a part of.</summary>
    public unsafe void Forward(Tensor y, Tensor logSum)
    {
        new AttentionForward<T>(Form, Of(_q), Of(_k), Of(_v), Bias, Documents, To(y), (T*)logSum.Data).Run();
        GC.KeepAlive(this);
    }

    /// <summary>Computes the gradients; each is any view of what it is a part of.</summary>
    public unsafe void Backward(Tensor dy, Tensor y, Tensor logSum, Tensor dq, Tensor dk, Tensor dv)
    {
        (dy, y, logSum) = (Rows(dy), Rows(y), logSum.Packed(Type));
        new AttentionBackward<T>(Form, Of(_q), Of(_k), Of(_v), Bias, Documents, Of(y), Of(dy), (T*)logSum.Data, To(dq), To(dk), To(dv)).Run();
        GC.KeepAlive(this);
        GC.KeepAlive(y);
        GC.KeepAlive(dy);
        GC.KeepAlive(logSum);
    }

    /// <summary>[B, H, rows, columns]; copied only where the last axis or F64 asks for it.</summary>
    static Tensor Rows(Tensor x)
    {
        x = Four(Type == DType.F64 ? x.Converted(Type) : x);
        return x.Shape[3] == 1 || x.Strides[3] == 1 ? x : x.Copy();
    }

    static unsafe AttentionOperand<T> Of(Tensor rows) => new(rows.Data, rows.DType, rows.Strides[0], rows.Strides[1], rows.Strides[2], rows.Shape[3]);

    /// <summary>A result's memory is the caller's, who keeps it.</summary>
    static unsafe AttentionResult<T> To(Tensor result)
    {
        Tensor rows = Four(result);
        return new(rows.Data, rows.DType, rows.Strides[0], rows.Strides[1], rows.Strides[2], rows.Shape[3]);
    }

    static Tensor Four(Tensor x)
    {
        x = x.Alias();
        while (x.Rank < 4) x = x.Unsqueeze(0);
        if (x.Rank == 4) return x;
        long batch = 1;
        for (int i = 0; i < x.Rank - 3; i++) batch *= x.Shape[i];
        return x.Reshape(batch, x.Shape[^3], x.Shape[^2], x.Shape[^1]);
    }
}
