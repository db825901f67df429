using System.Numerics;

namespace Adjoint.Data;

/// <summary>Bytes to F32: <c>y = x / divisor</c>; with 255, pixels become numbers from 0 to 1.</summary>
/// <remarks>Shapes: U8 [B, …] → F32 [B, …]; targets stay.</remarks>
[PyTorch("torchvision.transforms.ToTensor", Differs = "Bytes to F32 only: axes stay.")]
public sealed class ToFloat : ITransform
{
    readonly float _divisor;

    /// <summary>Chooses the divisor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The divisor is zero or not finite.</exception>
    public ToFloat(double divisor = 255)
    {
        _divisor = (float)divisor;
        if (_divisor == 0 || !float.IsFinite(_divisor)) throw new ArgumentOutOfRangeException(nameof(divisor), $"to float: the divisor must be finite and not zero, but it is {divisor}.");
    }

    /// <inheritdoc/>
    /// <exception cref="DTypeException">Inputs are not U8.</exception>
    public unsafe Batch Apply(Batch batch, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Inputs.DType != DType.U8) throw new DTypeException($"to float: inputs must be U8, but they are {batch.Inputs.DType}.");
        Tensor source = batch.Inputs.Contiguous();
        Tensor target = Tensor.Allocate(source.Shape, DType.F32);
        Divide((byte*)source.Data, (float*)target.Data, source.Elements, _divisor);
        GC.KeepAlive(source);
        return new(target, batch.Targets);
    }

    // One vector of bytes widens to two of 16 bits and those to four of 32, which hold whole numbers that convert exactly.
    static unsafe void Divide(byte* x, float* y, long count, float divisor)
    {
        var by = new Vector<float>(divisor);
        int step = Vector<float>.Count;
        long i = 0;
        for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(Vector.Load(x + i), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> a, out Vector<uint> b);
            Vector.Widen(high, out Vector<uint> c, out Vector<uint> d);
            (Vector.ConvertToSingle(a.As<uint, int>()) / by).Store(y + i);
            (Vector.ConvertToSingle(b.As<uint, int>()) / by).Store(y + i + step);
            (Vector.ConvertToSingle(c.As<uint, int>()) / by).Store(y + i + (2 * step));
            (Vector.ConvertToSingle(d.As<uint, int>()) / by).Store(y + i + (3 * step));
        }

        for (; i < count; i++) y[i] = x[i] / divisor;
    }
}
