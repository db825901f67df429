using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Formulas;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Normalization;

/// <summary>Batch normalisation of contiguous [N, C, S]: every channel, over all N and S, is one row of work.</summary>
internal static unsafe class BatchNorm
{
    /// <summary>Mean, biased variance and r = 1/√(var + ε) of each channel, and y = f((x − mean)·r·w + b); weight, bias and f may be null.</summary>
    public static void Forward<T>(T* x, T* weight, T* bias, T* y, T* mean, T* variance, T* scale, long batch, long channels, long spatial, double epsilon, Kernel? activation) where T : unmanaged, IFloatingPointIeee754<T> =>
        RowLoop.For<Channels<T>, T>(new(x, weight, bias, y, mean, variance, scale, batch, channels, spatial, T.CreateSaturating(epsilon), activation), channels, batch * spatial);

    /// <summary>dw = Σ dz·x̂, db = Σ dz, dx = w·r·(dz − db/M − x̂·dw/M), M = N·S; dz is dy, or what <paramref name="slope"/> makes of y and dy.</summary>
    public static void Backward<T>(T* dy, T* y, Kernel? slope, T* x, T* mean, T* scale, T* weight, T* dx, T* dWeight, T* dBias, long batch, long channels, long spatial) where T : unmanaged, IFloatingPointIeee754<T> =>
        RowLoop.For<Slopes<T>, T>(new(dy, y, slope, x, mean, scale, weight, dx, dWeight, dBias, batch, channels, spatial), channels, batch * spatial);

    readonly struct Channels<T>(T* x, T* weight, T* bias, T* y, T* mean, T* variance, T* scale, long batch, long channels, long n, T epsilon, Kernel? activation) : IRows<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            T count = T.CreateSaturating(batch * n);
            void** run = stackalloc void*[2];
            for (long c = first; c < end; c++)
            {
                T sum = T.Zero, squares = T.Zero;
                for (long b = 0; b < batch; b++) sum += Row<V, T>.Sum(new Terms<T>.Value<V>(x + (((b * channels) + c) * n)), n);
                T center = sum / count;
                for (long b = 0; b < batch; b++) squares += Row<V, T>.Sum(new Terms<T>.SquaredDistance<V>(x + (((b * channels) + c) * n), center), n);
                T r = T.One / T.Sqrt((squares / count) + epsilon);
                (mean[c], variance[c], scale[c]) = (center, squares / count, r);
                T slope = weight is null ? r : r * weight[c], level = bias is null ? T.Zero : bias[c];
                for (long b = 0; b < batch; b++)
                {
                    T* from = x + (((b * channels) + c) * n), to = y + (((b * channels) + c) * n);
                    long i = 0;
                    for (; i <= n - V.Count; i += V.Count) V.Store(((V.Load(from + i) - V.All(center)) * V.All(slope)) + V.All(level), to + i);
                    for (; i < n; i++) to[i] = ((from[i] - center) * slope) + level;
                    if (activation is null) continue;
                    run[0] = run[1] = to;
                    activation.Run(run, (nint)n);
                }
            }
        }
    }

    readonly struct Slopes<T>(T* dy, T* y, Kernel? slope, T* x, T* mean, T* scale, T* weight, T* dx, T* dWeight, T* dBias, long batch, long channels, long n) : IRows<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            T count = T.CreateSaturating(batch * n);
            void** run = stackalloc void*[3];
            for (long c = first; c < end; c++)
            {
                T center = mean[c], r = scale[c], along = T.Zero, level = T.Zero;
                for (long b = 0; b < batch; b++)
                {
                    long at = ((b * channels) + c) * n;
                    if (slope is not null) Through(at, run);
                    level += Row<V, T>.Sum(new Terms<T>.Value<V>(Gradient + at), n);
                    along += Row<V, T>.Sum(new Projected<V>(Gradient + at, x + at, center), n);
                }

                along *= r;
                if (dWeight is not null) dWeight[c] = along;
                if (dBias is not null) dBias[c] = level;
                T factor = weight is null ? r : r * weight[c], pull = along / count * r, shift = level / count;
                for (long b = 0; b < batch; b++)
                {
                    long at = ((b * channels) + c) * n;
                    long i = 0;
                    for (; i <= n - V.Count; i += V.Count) Store<V>(at + i, center, factor, pull, shift);
                    for (; i < n; i++) Store<Lane<T>>(at + i, center, factor, pull, shift);
                }
            }
        }

        /// <summary>dz; behind an activation it is kept where dx will be, until dx takes its place.</summary>
        T* Gradient => slope is null ? dy : dx;

        void Through(long at, void** run)
        {
            run[0] = y + at;
            run[1] = dy + at;
            run[2] = dx + at;
            slope!.Run(run, (nint)n);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Store<V>(long i, T center, T factor, T pull, T shift) where V : struct, ILanes<V, T> =>
            V.Store((V.Load(Gradient + i) - V.All(shift) - ((V.Load(x + i) - V.All(center)) * V.All(pull))) * V.All(factor), dx + i);

        /// <summary>dy·(x − mean).</summary>
        readonly struct Projected<V>(T* g, T* x, T center) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public L Of<L>(long i) where L : struct, ILanes<L, T> => L.Load(g + i) * (L.Load(x + i) - L.All(center));
        }
    }
}
