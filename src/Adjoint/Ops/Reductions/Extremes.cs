namespace Adjoint.Ops;

/// <summary>The search for the first largest or smallest element of each row, for tensors of every type.</summary>
internal static unsafe class Extremes
{
    public static void Run(Tensor input, Tensor? values, Tensor indices, RowForm form, bool largest)
    {
        using Scope scope = Scope.Begin("search");
        Tensor x = form.Read(input);
        Tensor? best = values?.KernelTarget();
        switch (x.DType)
        {
            case DType.F64: Search<double>(); break;
            case DType.F32: Search<float>(); break;
            case DType.I64: Search<long>(); break;
            case DType.I32: Search<int>(); break;
            default: Search<byte>(); break;
        }

        if (best is not null) values!.TakeFrom(best);

        void Search<T>() where T : unmanaged, System.Numerics.INumber<T> =>
            Kernels.Reduction.Search.Run((T*)x.Data, best is null ? null : (T*)best.Data, (long*)indices.Data, form.Count, form.Length, largest);
    }
}
