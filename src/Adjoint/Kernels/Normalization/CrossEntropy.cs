using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Normalization;

/// <summary>What a cross-entropy compares each row of logits with, and how rows count.</summary>
/// <remarks>
/// Every kind of target is a vector r over the classes: loss = Σ r·(lse − x), and its slope is (Σr)·softmax(x) − r. A label t
/// with smoothing s means r = (1 − s)·w[t]·[c = t] + s/C·w[c]; given probabilities q mean r = w·((1 − s)·q + s/C).
/// </remarks>
internal unsafe struct Targets<T>
{
    /// <summary>One label a row; null where probabilities are given.</summary>
    public long* Labels;

    /// <summary>One probability a logit; null where labels are given.</summary>
    public T* Probabilities;

    /// <summary>One weight a class; null for ones.</summary>
    public T* Weight;

    public T Smoothing;
    public long Ignored;
    public long Classes;

    public readonly bool IsIgnored(long row) => Labels is not null && Labels[row] == Ignored;

    public readonly Lane<T> WeightOf(long label) => Weight is null ? Lane<T>.Rounded(1) : Weight[label];
}

/// <summary>Cross-entropy of contiguous rows of logits, without the probabilities ever being stored.</summary>
internal static unsafe class CrossEntropy
{
    /// <summary>The loss of every row, and the logarithm of its softmax' denominator; 0 for ignored rows.</summary>
    public static void Forward<T>(Stored<T> x, Targets<T> targets, T* loss, T* denominators, long rows) =>
        RowLoop.For<Losses<T>, T>(new(x, targets, loss, denominators), rows, targets.Classes);

    /// <summary>dx = g·((Σr)·exp(x − lse) − r), g = dy[row·<paramref name="step"/>]/total.</summary>
    public static void Backward<T>(T* dy, long step, T total, Stored<T> x, Targets<T> targets, T* denominators, Stored<T> dx, long rows) =>
        RowLoop.For<Slopes<T>, T>(new(dy, step, total, x, targets, denominators, dx), rows, targets.Classes);

    readonly struct Losses<T>(Stored<T> x, Targets<T> targets, T* loss, T* denominators) : IRows<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            long n = targets.Classes;
            using Scratch room = Scratch.Take(x.Room(n) * sizeof(T));
            Lane<T> smoothing = targets.Smoothing, keep = Lane<T>.Rounded(1) - smoothing, share = smoothing / Lane<T>.Rounded(n);
            for (long r = first; r < end; r++)
            {
                (loss[r], denominators[r]) = (default!, default!);
                if (targets.IsIgnored(r)) continue;
                T* row = x.Read(r * n, n, (T*)room.Pointer);
                Lane<T> lse = Softmax.LogSumExp<V, T>(row, n);
                denominators[r] = lse.Value;
                if (targets.Labels is null)
                {
                    loss[r] = Row<V, T>.Sum(new Weighted<V>(row, lse.Value, targets.Weight, targets.Probabilities + (r * n), keep.Value, share.Value), n);
                    continue;
                }

                long label = targets.Labels[r];
                Lane<T> value = targets.WeightOf(label) * (lse - row[label]);
                if (!smoothing.IsZero) value = (keep * value) + Row<V, T>.Sum(new Weighted<V>(row, lse.Value, targets.Weight, null, default!, share.Value), n);
                loss[r] = value.Value;
            }
        }

        /// <summary>w·(a·q + s)·(lse − x).</summary>
        readonly struct Weighted<V>(T* x, T lse, T* weight, T* q, T a, T s) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public L Of<L>(long i) where L : struct, ILanes<L, T>
            {
                L r = q is null ? L.All(s) : (L.Load(q + i) * L.All(a)) + L.All(s);
                if (weight is not null) r *= L.Load(weight + i);
                return r * (L.All(lse) - L.Load(x + i));
            }
        }
    }

    /// <summary>Logits that are converted at a time.</summary>
    const long Piece = 2048;

    readonly struct Slopes<T>(T* dy, long step, T total, Stored<T> x, Targets<T> targets, T* denominators, Stored<T> dx) : IRows<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            long n = targets.Classes;
            Lane<T> keep = Lane<T>.Rounded(1) - targets.Smoothing, share = targets.Smoothing / Lane<T>.Rounded(n);
            // A piece of a row that is converted becomes its gradient where it is, in the first cache.
            long piece = x.IsNative && dx.IsNative ? n : Piece;
            using Scratch room = Scratch.Take(Math.Max(x.Room(piece), dx.Room(piece)) * sizeof(T));
            bool dense = targets.Labels is null || !share.IsZero;
            for (long r = first; r < end; r++)
            {
                T* q = targets.Labels is null ? targets.Probabilities + (r * n) : null;
                bool ignored = targets.IsIgnored(r);
                long label = q is null ? targets.Labels[r] : -1;
                Lane<T> g = (Lane<T>)dy[r * step] / total;
                Lane<T> own = q is null && !ignored ? keep * targets.WeightOf(label) : default;
                Lane<T> mass = dense ? Row<V, T>.Sum(new Mass<V>(targets.Weight, q, keep.Value, share.Value), n) + own : own;
                T lse = denominators[r];
                if (x.IsBFloat16 && dx.IsBFloat16 && !ignored)
                {
                    Halves<V>(x.Halves(r * n), dx.Halves(r * n), q, dense, g.Value, mass.Value, lse, keep.Value, share.Value);
                    if (q is null) Lane<T>.StoreRounded(Slope(Lane<T>.LoadWidened(x.Halves((r * n) + label)), label, q, dense, g.Value, mass.Value, lse, keep.Value, share.Value) - (g * own), dx.Halves((r * n) + label));
                    continue;
                }

                for (long start = 0; start < n; start += piece)
                {
                    long count = Math.Min(piece, n - start);
                    T* to = dx.Place((r * n) + start, (T*)room.Pointer);
                    if (ignored) new Span<T>(to, (int)count).Clear();
                    else
                    {
                        T* row = x.Read((r * n) + start, count, (T*)room.Pointer);
                        Numbers<V>(row, to, start, count, q, dense, g.Value, mass.Value, lse, keep.Value, share.Value);
                        if (label >= start && label < start + count) to[label - start] = (to[label - start] - (g * own)).Value;
                    }

                    dx.Finish((r * n) + start, to, count);
                }
            }
        }

        // Methods of their own, for each as much is inlined as the compiler is ready to inline into one.

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Numbers<V>(T* row, T* to, long start, long count, T* q, bool dense, T g, T mass, T lse, T keep, T share) where V : struct, ILanes<V, T>
        {
            long i = 0;
            for (; i <= count - V.Count; i += V.Count) V.Store(Slope(V.Load(row + i), start + i, q, dense, g, mass, lse, keep, share), to + i);
            for (; i < count; i++) to[i] = Slope((Lane<T>)row[i], start + i, q, dense, g, mass, lse, keep, share).Value;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Halves<V>(BFloat16* row, BFloat16* to, T* q, bool dense, T g, T mass, T lse, T keep, T share) where V : struct, ILanes<V, T>
        {
            long n = targets.Classes, i = 0;
            for (; i <= n - V.Count; i += V.Count) V.StoreRounded(Slope(V.LoadWidened(row + i), i, q, dense, g, mass, lse, keep, share), to + i);
            for (; i < n; i++) Lane<T>.StoreRounded(Slope(Lane<T>.LoadWidened(row + i), i, q, dense, g, mass, lse, keep, share), to + i);
        }

        /// <summary>The gradient of logits from class <paramref name="i"/> on, without what a label adds.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        V Slope<V>(V logits, long i, T* q, bool dense, T g, T mass, T lse, T keep, T share) where V : struct, ILanes<V, T>
        {
            V value = LaneMath.Exp<V, T>(logits - V.All(lse)) * V.All(mass);
            if (dense) value -= new Mass<V>(targets.Weight, q, keep, share).Of<V>(i);
            return value * V.All(g);
        }

        /// <summary>w·(a·q + s): r without what a label adds.</summary>
        readonly struct Mass<V>(T* weight, T* q, T a, T s) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public L Of<L>(long i) where L : struct, ILanes<L, T>
            {
                L r = q is null ? L.All(s) : (L.Load(q + i) * L.All(a)) + L.All(s);
                if (weight is not null) r *= L.Load(weight + i);
                return r;
            }
        }
    }
}
