namespace Adjoint.Ops;

/// <summary>What the operations on matrices, images and windows ask of their operands before a kernel sees them.</summary>
internal static class Operands
{
    /// <summary>The common type of floating-point operands.</summary>
    /// <exception cref="DTypeException">One is not of a floating-point type.</exception>
    public static DType FloatType(string operation, ReadOnlySpan<string> names, ReadOnlySpan<Tensor> inputs)
    {
        DType common = inputs[0].DType;
        foreach (Tensor input in inputs)
        {
            if (!input.DType.IsFloat)
            {
                string types = string.Join(" and ", names.ToArray().Zip(inputs.ToArray(), (n, t) => $"{n} is {t.DType}"));
                throw new DTypeException($"{operation}: elements must be floating-point numbers, but {types}. Hint: convert with To.");
            }

            common = common.Promote(input.DType);
        }

        return common;
    }

    extension(Tensor x)
    {
        /// <summary>The values in another type, not recorded: an operation's <c>Run</c> is one step, whatever it does inside.</summary>
        public Tensor Converted(DType dtype) => x.DType == dtype ? x : x.Alias().To(dtype);

        /// <summary>The values in a type and without gaps, not recorded.</summary>
        public Tensor Packed(DType dtype) => x.DType == dtype && x.IsContiguous ? x : x.Alias().To(dtype).Contiguous();

        /// <summary>Where to compute: this output, or a stand-in where its elements are narrower than the arithmetic.</summary>
        public Tensor Target(DType compute) => x.DType == compute ? x : Tensor.Allocate(x.Shape, compute);
    }
}
