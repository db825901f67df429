namespace Adjoint.Ops;

/// <summary>What operations with hand-written kernels share: the kernels know F32 and F64 in memory order.</summary>
internal static class KernelTypes
{
    extension(Tensor x)
    {
        /// <summary>The values in the type that is computed with, in memory order; not connected to the graph.</summary>
        public Tensor ForKernel()
        {
            Tensor plain = x.Detach();
            return (x.DType is DType.BF16 or DType.F16 ? plain.To(DType.F32) : plain).Contiguous();
        }

        /// <summary>The values as they are stored, in memory order; not connected to the graph. For kernels that widen halves by themselves.</summary>
        public Tensor InOrder() => x.Detach().Contiguous();

        /// <summary>For such a kernel.</summary>
        public unsafe Kernels.Stored<T> Stored<T>() => new(x.Data, x.DType);

        /// <summary>Where a kernel writes this output: itself, or a wider one to be rounded by <see cref="TakeFrom"/>.</summary>
        public Tensor KernelTarget() => x.DType is DType.BF16 or DType.F16 ? Tensor.Allocate(x.Shape, DType.F32) : x;

        /// <summary>The results, rounded to this output's type where they lie elsewhere.</summary>
        public void TakeFrom(Tensor results)
        {
            if (!ReferenceEquals(x, results)) x.CopyFrom(results);
        }

        /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
        public void MustBeFloat(string operation, string name = "x")
        {
            if (!x.DType.IsFloat) throw new DTypeException($"{operation}: elements must be floating-point numbers, but {name} is {x.DType}. Hint: convert it with To(DType.F32).");
        }
    }

    /// <summary>Checks the type that an operation is told to give.</summary>
    /// <exception cref="DTypeException">It is not a floating-point type.</exception>
    public static void ResultMustBeFloat(string operation, DType? type)
    {
        if (type is { IsFloat: false }) throw new DTypeException($"{operation}: the result must be of a floating-point type, but Type is {type}.");
    }

    public static DType ComputeType(this DType type) => type == DType.F64 ? DType.F64 : DType.F32;
}
