using Adjoint.Kernels;
using Adjoint.Kernels.Gemm;

namespace Adjoint.Ops;

/// <summary>Products of matrices stacked along leading axes that may be strided, broadcast, or both: nothing is copied.</summary>
internal static unsafe class StackedProduct
{
    /// <summary><c>y = a·b</c> over the last two axes, summed in <paramref name="compute"/>, F32 or F64, and rounded once; <paramref name="y"/> is contiguous, the leading axes of a and b broadcast to its.</summary>
    public static void Run(Tensor a, Tensor b, Tensor y, DType compute)
    {
        if (y.Elements == 0) return;
        // F32 reads halves as they are; F64 reads nothing else.
        if (compute == DType.F64) (a, b) = (a.Converted(compute), b.Converted(compute));
        int most = Math.Max(y.Rank - 2, 1);
        Axis* axes = stackalloc Axis[most];
        int count = Joined(a, b, y, axes);
        if (y.DType != compute && count == 1 && (axes[0].Size == 1 || (axes[0].B == 0 && axes[0].A == y.Shape[^2] * a.Strides[^2])))
        {
            // One product, whose batch is just more rows: rounded while it is in the cache.
            Kernels.Elementwise.Slot* operands = stackalloc Kernels.Elementwise.Slot[2];
            Epilogue after = Epilogue.Storing(y.Data, y.DType, compute, y.Shape[^1], y.Elements, operands);
            (long rows, long columns, long steps) = (axes[0].Size * y.Shape[^2], y.Shape[^1], a.Shape[^1]);
            if (compute == DType.F64) Gemm.Affine(rows, columns, steps, Of<double>(a, 0), Of<double>(b, 0), null, null, columns, &after);
            else Gemm.Affine(rows, columns, steps, Of<float>(a, 0), Of<float>(b, 0), null, null, columns, &after);
            return;
        }

        Tensor c = y.Target(compute);
        // The longest axis goes to the kernel whole: it alone knows how to spread products over threads.
        int longest = 0;
        for (int i = 1; i < count; i++) if (axes[i].Size > axes[longest].Size) longest = i;
        Axis batch = axes[longest];
        long outer = 1;
        for (int i = 0; i < count; i++) if (i != longest) outer *= axes[i].Size;
        for (long n = 0; n < outer; n++)
        {
            long left = n, atA = 0, atB = 0, atC = 0;
            for (int i = count - 1; i >= 0; i--)
            {
                if (i == longest) continue;
                long index = left % axes[i].Size;
                left /= axes[i].Size;
                atA += index * axes[i].A;
                atB += index * axes[i].B;
                atC += index * axes[i].C;
            }

            Run(batch, a, atA, b, atB, c, atC);
        }

        if (c != y) y.CopyFrom(c);
    }

    readonly record struct Axis(long Size, long A, long B, long C);

    /// <summary>The leading axes, neighbours joined where one step describes both.</summary>
    static int Joined(Tensor a, Tensor b, Tensor c, Axis* axes)
    {
        int count = 0;
        for (int i = 0; i < c.Rank - 2; i++)
        {
            if (c.Shape[i] == 1) continue;
            var axis = new Axis(c.Shape[i], Step(a, i - c.Rank + a.Rank), Step(b, i - c.Rank + b.Rank), c.Strides[i]);
            if (count > 0 && axes[count - 1] is var before && before.A == axis.A * axis.Size && before.B == axis.B * axis.Size)
                axes[count - 1] = axis with { Size = before.Size * axis.Size };
            else axes[count++] = axis;
        }

        if (count == 0) axes[count++] = new(1, 0, 0, 0);
        return count;
    }

    static long Step(Tensor x, int axis) => axis < 0 || x.Shape[axis] == 1 ? 0 : x.Strides[axis];

    static void Run(Axis batch, Tensor a, long atA, Tensor b, long atB, Tensor c, long atC)
    {
        long m = c.Shape[^2], n = c.Shape[^1], k = a.Shape[^1];
        if (c.DType == DType.F64) Gemm.RunBatched(batch.Size, m, n, k, Of<double>(a, atA), batch.A, Of<double>(b, atB), batch.B, (double*)c.Data + atC, n, batch.C, accumulate: false);
        else Gemm.RunBatched(batch.Size, m, n, k, Of<float>(a, atA), batch.A, Of<float>(b, atB), batch.B, (float*)c.Data + atC, n, batch.C, accumulate: false);
    }

    static Matrix<T> Of<T>(Tensor x, long at) => new Matrix<T>(x.Data, x.DType, x.Strides[^2], x.Strides[^1]).Shifted(at);
}
