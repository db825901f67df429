using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels.Convolution;

/// <summary>The columns matrix of a convolution, a part at a time: made from the input, or added back into its gradient.</summary>
internal static unsafe class Columns
{
    /// <summary>
    /// <c>target[step, i] = x[channel, input of position first + i under tap]</c> for the steps of some channels; 0 outside the input.
    /// </summary>
    /// <param name="g">The convolution.</param>
    /// <param name="x">The first of the channels in the first image.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="first">The first position.</param>
    /// <param name="count">How many positions.</param>
    /// <param name="target">Where step 0 and the first position go.</param>
    /// <param name="row">Elements between steps of the target.</param>
    public static void Gather<T>(in Geometry g, T* x, long channels, long first, long count, T* target, long row)
    {
        while (count > 0)
        {
            (long image, long d, long h, long w) = g.At(first);
            long run = Math.Min(count, g.W.Out - w);
            GatherRun(g, x + image * g.InImage, channels, d, h, w, run, target, row);
            first += run;
            count -= run;
            target += run;
        }
    }

    // The channels are the innermost loop: which part of the run lies inside is then found once for all of them.
    static void GatherRun<T>(in Geometry g, T* x, long channels, long d, long h, long w, long run, T* target, long row)
    {
        long plane = g.InPlane, taps = g.Taps, stride = g.W.Stride;
        for (long kd = 0; kd < g.D.Kernel; kd++)
        {
            long z = g.D.Input(d, kd);
            for (long kh = 0; kh < g.H.Kernel; kh++)
            {
                long y = g.H.Input(h, kh);
                bool inside = g.D.Has(z) && g.H.Has(y);
                for (long kw = 0; kw < g.W.Kernel; kw++, target += row)
                {
                    (long from, long to) = inside ? g.W.Inside(kw, w, w + run) : (w, w);
                    T* source = x + (z * g.H.In + y) * g.W.In + g.W.Input(from, kw);
                    Copy(source, stride, plane, channels, from - w, to - from, w + run - to, target, taps * row);
                }
            }
        }
    }

    /// <summary>For each channel: zeros, elements a stride apart, zeros.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Copy<T>(T* source, long stride, long plane, long channels, long before, long count, long after, T* target, long step)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        int n = Vector128<T>.Count, two = 2 * Vector512<T>.Count;
        if (count == two && before + after == 0 && stride == 1 && Vector512.IsHardwareAccelerated)
        {
            // A full strip of the widest micro-kernel: the commonest case by far.
            for (long c = 0; c < channels; c++, source += plane, target += step)
            {
                Vector512<T> a = *(Vector512<T>*)(source), b = *(Vector512<T>*)(source + two / 2);
                *(Vector512<T>*)target = a;
                *(Vector512<T>*)(target + two / 2) = b;
            }

            return;
        }

        for (long c = 0; c < channels; c++, source += plane, target += step)
        {
            for (long i = 0; i < before; i++) target[i] = default;
            T* to = target + before;
            if (stride == 1 && count >= n)
            {
                // The last vector overlaps the one before it.
                for (long i = 0; i < count - n; i += n) *(Vector128<T>*)(to + i) = *(Vector128<T>*)(source + i);
                *(Vector128<T>*)(to + count - n) = *(Vector128<T>*)(source + count - n);
            }
            else for (long i = 0; i < count; i++) to[i] = source[i * stride];
            to += count;
            for (long i = 0; i < after; i++) to[i] = default;
        }
    }

    /// <summary>The reverse of <see cref="Gather"/>: adds every element of the columns to the input it was taken from.</summary>
    public static void ScatterAdd<T>(in Geometry g, T* columns, long row, long channels, long first, long count, T* x)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    {
        long plane = g.InPlane, taps = g.Taps;
        while (count > 0)
        {
            (long image, long d, long h, long w) = g.At(first);
            long run = Math.Min(count, g.W.Out - w);
            T* from = columns;
            for (long kd = 0; kd < g.D.Kernel; kd++)
            {
                long z = g.D.Input(d, kd);
                for (long kh = 0; kh < g.H.Kernel; kh++)
                {
                    long y = g.H.Input(h, kh);
                    for (long kw = 0; kw < g.W.Kernel; kw++, from += row)
                    {
                        if (!g.D.Has(z) || !g.H.Has(y)) continue;
                        (long low, long high) = g.W.Inside(kw, w, w + run);
                        T* target = x + image * g.InImage + (z * g.H.In + y) * g.W.In + g.W.Input(low, kw);
                        Add(from + low - w, taps * row, channels, high - low, target, g.W.Stride, plane);
                    }
                }
            }

            first += run;
            count -= run;
            columns += run;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Add<T>(T* source, long step, long channels, long count, T* target, long stride, long plane)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    {
        Compiled.AtOnce(stackalloc byte[1]);
        int n = Vector128<T>.Count;
        for (long c = 0; c < channels; c++, source += step, target += plane)
        {
            long i = 0;
            if (stride == 1) for (; i <= count - n; i += n) *(Vector128<T>*)(target + i) = *(Vector128<T>*)(target + i) + *(Vector128<T>*)(source + i);
            for (; i < count; i++) target[i * stride] += source[i];
        }
    }
}
