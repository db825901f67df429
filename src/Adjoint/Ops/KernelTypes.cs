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

    public static DType ComputeType(this DType type) => type == DType.F64 ? DType.F64 : DType.F32;
}
