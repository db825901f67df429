using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Quantization;

namespace Adjoint.Ops;

/// <summary>A product with a weight that is kept in few bits: <c>y = x·Wᵀ</c>, or <c>y = x·W</c> where it is transposed.</summary>
/// <remarks>
/// <para>Inputs: x [..., in], codes [out, bytes], factors [out, blocks]; the factors may be quantized themselves: their codes, a factor for each 256 of them, and their mean. y is [..., out] (transposed: from out
/// to in). Saves the codes and factors, which are there anyway.</para>
/// <para>The weight is made some rows at a time, in a piece of memory that stays in the cache, multiplied, and forgotten: at no time is there all of it. Only x has a gradient.</para>
/// </remarks>
/// <param name="Format">What a code means.</param>
/// <param name="Inputs">The columns of W.</param>
/// <param name="IsTransposed">Whether it goes from out to in.</param>
[GradientRule("y = x·Wᵀ, W from its codes", "dx = dy·W")]
[NotInPyTorch("a product with a weight of 8 or 4 bits a number")]
public sealed record QuantizedLinear(QuantizationFormat Format, long Inputs, bool IsTransposed = false) : Op, ISampled
{
    const long PanelElements = 1 << 18;

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Tensor x = inputs[0], codes = inputs[1];
        x.MustBeFloat("quantized linear");
        if (codes.DType != DType.U8) throw new DTypeException($"quantized linear: codes must be U8, but they are {codes.DType}.");
        if (codes.Rank != 2 || codes.Shape[1] != Codes.RowBytes(Format, Inputs)) throw new ShapeException($"quantized linear: codes of rows of {Inputs} numbers must be [out, {Codes.RowBytes(Format, Inputs)}], but they are {codes.Shape}.");
        Shape blocks = [codes.Shape[0], Codes.RowBlocks(Format, Inputs)];
        if (inputs[2].Shape != blocks) throw new ShapeException($"quantized linear: the factors must be {blocks}, but they are {inputs[2].Shape}.");
        (long from, long to) = IsTransposed ? (codes.Shape[0], Inputs) : (Inputs, codes.Shape[0]);
        if (x.Rank == 0 || x.Shape[^1] != from) throw new ShapeException($"quantized linear: the last axis of x must be {from}, but x is {x.Shape}.");
        outputs[0] = new(x.Shape.With(x.Rank - 1, to), x.DType);
    }

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => (2 * outputs[0].Shape.Elements * inputs[0].Shape[^1]) + (inputs[1].Shape[0] * Inputs);

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        if (outputs[0].Elements == 0) return;
        using Scope scope = Scope.Begin(Name);
        Tensor x = inputs[0].ForKernel(), y = outputs[0].KernelTarget(), scales = BlockScales.Full(inputs[2..], x.DType), codes = inputs[1].Detach().Contiguous();
        if (x.DType == DType.F64) Multiply<double>(x, codes, scales, y);
        else Multiply<float>(x, codes, scales, y);
        outputs[0].TakeFrom(y);
    }

    unsafe void Multiply<T>(Tensor x, Tensor codes, Tensor scales, Tensor y)
    {
        long all = codes.Shape[0], atOnce = Math.Min(all, Math.Max(16, PanelElements / Inputs)), m = x.Elements / x.Shape[^1];
        Tensor panel = Tensor.Allocate([atOnce, Inputs], x.DType);
        T* weight = (T*)panel.Data, from = (T*)x.Data, to = (T*)y.Data;
        for (long first = 0; first < all; first += atOnce)
        {
            long rows = Math.Min(atOnce, all - first);
            BlockScales.Rows(Format, codes, scales, first, rows, Inputs, weight);
            if (IsTransposed) Gemm.Run(m, Inputs, rows, new Matrix<T>(from + first, all, 1), new Matrix<T>(weight, Inputs, 1), to, Inputs, accumulate: first > 0);
            else Gemm.Run(m, rows, Inputs, new Matrix<T>(from, Inputs, 1), new Matrix<T>(weight, 1, Inputs), to + first, all, accumulate: false);
        }

        GC.KeepAlive(panel);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x)
    {
        for (int i = 1; i < x.Count; i++) if (x.IsMapped(i)) return null;
        Tensor[] inputs = [x.All(0), .. Enumerable.Range(1, x.Count - 1).Select(i => x[i])];
        return ApplyWithHidden(inputs);
    }

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => input == 0 ? Saves.Input(1) | Saves.Input(2) | (HasShortScales ? Saves.Input(3) | Saves.Input(4) : Saves.Nothing) : Saves.Nothing;

    /// <summary>Whether the factors are quantized.</summary>
    public bool HasShortScales { get; init; }

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => input > 0 ? null
        : (this with { IsTransposed = !IsTransposed }).Apply(HasShortScales ? [dy.Gradient, dy.Input(1), dy.Input(2), dy.Input(3), dy.Input(4)] : [dy.Gradient, dy.Input(1), dy.Input(2)]);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        (Plain x, Plain codes, Plain scales) = (inputs[0], inputs[1], inputs[2]);
        long rows = codes.Shape[0];
        double[,] weight = new double[rows, Inputs];
        for (long row = 0; row < rows; row++)
        {
            for (long column = 0; column < Inputs; column++)
            {
                long block = Format == QuantizationFormat.Int8 ? 0 : column / 64;
                double scale = scales[row, block];
                if (inputs.Length > 3) scale = inputs[4].Values[0] + (inputs[3].Values[((row * scales.Shape[1]) + block) / 256] * (scale - 128));
                int packed = (int)codes[row, Format == QuantizationFormat.Int8 ? column : column / 2];
                weight[row, column] = scale * (Format == QuantizationFormat.Int8 ? packed - 128 : Codes.Nf4Levels[column % 2 == 0 ? packed / 16 : packed % 16]);
            }
        }

        return
        [
            Plain.Make(x.Shape.With(x.Shape.Rank - 1, IsTransposed ? Inputs : rows), index =>
            {
                double sum = 0;
                long[] at = [.. index];
                long here = index[^1];
                for (long k = 0; k < x.Shape[^1]; k++)
                {
                    at[^1] = k;
                    sum += x[at] * (IsTransposed ? weight[k, here] : weight[here, k]);
                }

                return sum;
            }),
        ];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach ((QuantizationFormat format, long outputs, long inputs, Shape leading) in new (QuantizationFormat, long, long, Shape)[]
        {
            (QuantizationFormat.Int8, 5, 7, [3]), (QuantizationFormat.Nf4, 5, 7, [2, 3]), (QuantizationFormat.Nf4, 3, 130, []), (QuantizationFormat.Int8, 4, 6, [0]), (QuantizationFormat.Nf4, 40, 64, [2]),
        })
        {
            (Tensor codes, Tensor scales) = BlockScales.Encode(format, random.Normal([outputs, inputs]));
            Tensor wide = scales.To(DType.F64);
            yield return new(new QuantizedLinear(format, inputs), random.Normal([.. leading, inputs], dtype: DType.F64), codes, wide) { Constant = [1, 2] };
            yield return new(new QuantizedLinear(format, inputs, IsTransposed: true), random.Normal([.. leading, outputs], dtype: DType.F64), codes, wide) { Constant = [1, 2] };
            if (format != QuantizationFormat.Nf4) continue;
            (Tensor shortScales, Tensor groups, Tensor mean) = BlockScales.Shorten(scales);
            yield return new(new QuantizedLinear(format, inputs) { HasShortScales = true }, random.Normal([.. leading, inputs], dtype: DType.F64), codes, shortScales, groups.To(DType.F64), mean.To(DType.F64)) { Constant = [1, 2, 3, 4] };
        }
    }

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random) =>
    [
        Misuse.Of<ShapeException>(() => new QuantizedLinear(QuantizationFormat.Int8, 4).Apply(Tensor.Zeros([2, 3]), Tensor.Zeros([5, 4], DType.U8), Tensor.Zeros([5, 1])), "quantized linear: the last axis of x must be 4, but x is [2, 3]."),
        Misuse.Of<ShapeException>(() => new QuantizedLinear(QuantizationFormat.Nf4, 4).Apply(Tensor.Zeros([2, 4]), Tensor.Zeros([5, 4], DType.U8), Tensor.Zeros([5, 1])), "quantized linear: codes of rows of 4 numbers must be [out, 2], but they are [5, 4]."),
        Misuse.Of<ShapeException>(() => new QuantizedLinear(QuantizationFormat.Nf4, 65).Apply(Tensor.Zeros([2, 65]), Tensor.Zeros([5, 33], DType.U8), Tensor.Zeros([5, 1])), "quantized linear: the factors must be [5, 2], but they are [5, 1]."),
        Misuse.Of<DTypeException>(() => new QuantizedLinear(QuantizationFormat.Int8, 4).Apply(Tensor.Zeros([2, 4], DType.I64), Tensor.Zeros([5, 4], DType.U8), Tensor.Zeros([5, 1])), "quantized linear: elements must be floating-point numbers, but x is I64. Hint: convert it with To(DType.F32)."),
        Misuse.Of<DTypeException>(() => new QuantizedLinear(QuantizationFormat.Int8, 4).Apply(Tensor.Zeros([2, 4]), Tensor.Zeros([5, 4]), Tensor.Zeros([5, 1])), "quantized linear: codes must be U8, but they are F32."),
    ];
}
