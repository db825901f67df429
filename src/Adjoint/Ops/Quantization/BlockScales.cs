using Adjoint.Kernels.Quantization;

namespace Adjoint.Ops;

/// <summary>The parts of a quantized weight: codes, factors, and those of the factors where they are quantized too.</summary>
/// <remarks>
/// Quantized factors are 8-bit whole numbers q, 256 of which share a factor g: <c>mean + g·(q − 128)</c>. Source: Dettmers et al. 2023, §3 (double quantization), whose factors are
/// 8-bit floating-point numbers.
/// </remarks>
internal static unsafe class BlockScales
{
    const int Group = 256;

    /// <summary>Codes [out, bytes] and factors [out, blocks] of a weight [out, in].</summary>
    public static (Tensor Codes, Tensor Scales) Encode(QuantizationFormat format, Tensor weight)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("quantization");
        (long rows, long columns) = (weight.Shape[0], weight.Shape[1]);
        Tensor from = weight.Detach().To(DType.F32).Contiguous();
        Tensor codes = Tensor.Allocate([rows, Codes.RowBytes(format, columns)], DType.U8), scales = Tensor.Allocate([rows, Codes.RowBlocks(format, columns)], DType.F32);
        if (!from.IsShapeOnly && !codes.IsShapeOnly)
            Kernels.Parallel.For((rows + EncodeRows.PerChunk - 1) / EncodeRows.PerChunk, new EncodeRows(format, (float*)from.Data, rows, columns, (byte*)codes.Data, (float*)scales.Data));
        GC.KeepAlive(from);
        return (scope.Keep(codes), scope.Keep(scales));
    }

    /// <summary>The factors as codes of their own, of the same shape, with a factor for each 256 and their mean.</summary>
    public static (Tensor Codes, Tensor Groups, Tensor Mean) Shorten(Tensor scales)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("quantization");
        long groups = (scales.Elements + Group - 1) / Group;
        Tensor mean = scales.Mean(), rest = (scales - mean).Reshape(scales.Elements).Pad([0, (groups * Group) - scales.Elements]).Reshape(groups, Group);
        (Tensor codes, Tensor factors) = Encode(QuantizationFormat.Int8, rest);
        return (scope.Keep(codes.Reshape(groups * Group)[..checked((int)scales.Elements)].Reshape(scales.Shape).Copy()), scope.Keep(factors.Reshape(groups).Copy()), scope.Keep(mean));
    }

    /// <summary>The factors, given in full (one tensor) or quantized (codes, groups, mean), in the type that is computed with.</summary>
    public static Tensor Full(ReadOnlySpan<Tensor> parts, DType dtype)
    {
        if (parts.Length == 1) return parts[0].Detach().To(dtype).Contiguous();
        Tensor group = parts[1].Detach().To(dtype).Reshape(parts[1].Elements, 1).Expand([parts[1].Elements, Group]).Reshape(parts[1].Elements * Group)[..checked((int)parts[0].Elements)].Reshape(parts[0].Shape);
        return ((parts[0].Detach().To(dtype) - 128) * group + parts[2].Detach().To(dtype)).Contiguous();
    }

    /// <summary>The weight, [out, in].</summary>
    public static Tensor Decode(QuantizationFormat format, Tensor codes, ReadOnlySpan<Tensor> scales, long columns)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("quantization");
        Tensor full = Full(scales, DType.F32), weight = Tensor.Allocate([codes.Shape[0], columns], DType.F32);
        if (!codes.IsShapeOnly && !weight.IsShapeOnly) Rows(format, codes, full, 0, codes.Shape[0], columns, (float*)weight.Data);
        GC.KeepAlive(full);
        return scope.Keep(weight);
    }

    /// <summary>Some rows of the weight.</summary>
    public static void Rows<T>(QuantizationFormat format, Tensor codes, Tensor scales, long first, long rows, long columns, T* to) =>
        Kernels.Parallel.For(
            (rows + EncodeRows.PerChunk - 1) / EncodeRows.PerChunk,
            new DecodeRows<T>(format, (byte*)codes.Data + (first * codes.Shape[1]), (T*)scales.Data + (first * scales.Shape[1]), rows, columns, to));
}
