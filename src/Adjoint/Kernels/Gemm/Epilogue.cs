using Adjoint.Kernels.Formulas;

namespace Adjoint.Kernels.Gemm;

/// <summary>What becomes of a product's elements as soon as they are summed, while they are still in the cache: a formula of them and of other operands, with results in any type.</summary>
/// <remarks>The sums are the formula's first input. The others are matrices of C's shape, rows that repeat, or single elements; the results are matrices of C's shape.</remarks>
internal readonly unsafe struct Epilogue
{
    readonly Kernel _kernel;
    readonly DType _compute;
    readonly Elementwise.Slot* _slots;
    readonly int _all, _inputs;
    readonly bool _isNative;

    /// <param name="formula">The formula.</param>
    /// <param name="compute">The type of the sums, and of the formula's arithmetic.</param>
    /// <param name="operands">The formula's inputs, of which the first is the sums and has no place yet, and its results; with the distance of their rows. They must outlive the product.</param>
    /// <param name="elements">How many elements the product has.</param>
    public Epilogue(Formula formula, DType compute, Elementwise.Slot* operands, long elements)
    {
        _slots = operands;
        (_compute, _inputs, _all, _isNative) = (compute, formula.Inputs, formula.Inputs + formula.Outputs, true);
        uint scalars = 0;
        for (int i = 0; i < _all; i++)
        {
            _isNative &= operands[i].Native || operands[i].Scalar;
            if (operands[i].Scalar) scalars |= 1u << i;
        }

        _kernel = formula.Kernel(compute, scalars, elements);
        IsBFloat16 = _kernel.IsIdentity && compute == DType.F32 && operands[1].DType == DType.BF16;
    }

    /// <summary>Stores sums in another type, rounded to nearest.</summary>
    /// <param name="y">Contiguous, of the shape of the product.</param>
    /// <param name="stored">The type of what is there.</param>
    /// <param name="compute">The type of the sums.</param>
    /// <param name="columns">The product's columns.</param>
    /// <param name="elements">How many elements it has.</param>
    /// <param name="operands">Memory for two, for as long as the product needs it.</param>
    public static Epilogue Storing(void* y, DType stored, DType compute, long columns, long elements, Elementwise.Slot* operands)
    {
        operands[0] = new() { DType = compute, Bytes = compute.Bytes, Native = true };
        operands[1] = new() { Data = (byte*)y, DType = stored, Bytes = stored.Bytes, RowStride = columns };
        return new(Formula.Identity, compute, operands, elements);
    }

    /// <summary>Whether all there is to do is to round to BF16, which micro-kernels do by themselves.</summary>
    public bool IsBFloat16 { get; }

    /// <summary>Where the rounded result is at a row and column.</summary>
    public Rounded Rounded(long row, long column) => new((BFloat16*)_slots[1].Data + (row * _slots[1].RowStride) + column, _slots[1].RowStride);

    /// <summary>Takes the sums of so many rows and columns of the product, from one on.</summary>
    public void Run(void* sums, long sumsRow, long row, long column, long rows, long columns)
    {
        void** pointers = stackalloc void*[_all];
        bool follow = sumsRow == columns;
        for (int i = 1; i < _all; i++) follow &= _slots[i].Scalar || _slots[i].RowStride == columns;
        // Whole rows that follow each other, everywhere: one long row.
        if (follow) (rows, columns) = (1, rows * columns);
        nint* steps = stackalloc nint[_all];
        for (int i = 0; i < _all; i++)
        {
            ref readonly Elementwise.Slot slot = ref _slots[i];
            steps[i] = (nint)((i == 0 ? sumsRow : slot.RowStride) * slot.Bytes);
            pointers[i] = i == 0 ? sums : slot.Scalar ? slot.Data : slot.Data + (row * steps[i]) + (column * slot.Bytes);
        }

        if (!_isNative) Elementwise.Converted(_kernel, _compute, _slots, _all, _inputs, pointers, (nint)columns, rows, steps);
        else
            for (long r = 0; r < rows; r++)
            {
                _kernel.Run(pointers, (nint)columns);
                for (int i = 0; i < _all; i++) pointers[i] = (byte*)pointers[i] + steps[i];
            }
    }
}

/// <summary>A result that sums are rounded to.</summary>
internal readonly unsafe struct Rounded(BFloat16* data, long rowStride)
{
    public readonly BFloat16* Data = data;
    public readonly long RowStride = rowStride;
}
