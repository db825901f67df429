using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution;

/// <summary>
/// A plane with room around it: zeros where the window leaves the image, and, for gradients, between elements that the window's
/// stride keeps apart. On it every window lies inside and moves by one.
/// </summary>
/// <remarks>Rows are a whole number of lanes plus the window's reach long, so that loops over lanes need no remainder; what they read beyond a row is another row's or zero, and never used.</remarks>
internal readonly struct PaddedPlane(WindowAxis h, WindowAxis w, long lanes, long upH, long upW)
{
    /// <summary>Windows along a row, one step apart, in whole lanes.</summary>
    public readonly long Windows = ((w.Out - 1) * w.Stride + 1 + lanes - 1) / lanes * lanes;

    public long Width => Windows + (w.Kernel - 1) * w.Dilation;

    public long Height => (h.Out - 1) * h.Stride + 1 + (h.Kernel - 1) * h.Dilation;

    /// <summary>Elements, with what the last lanes read beyond the end.</summary>
    public long Length => Height * Width + lanes;

    /// <summary>Lays a plane of contiguous rows into zeros; elements that no window reaches are left out.</summary>
    public unsafe void Fill<T>(T* source, long rows, long columns, T* padded)
    {
        new Span<T>(padded, checked((int)Length)).Clear();
        for (long i = 0; i < rows; i++)
        {
            long y = i * upH + h.Before;
            if ((ulong)y >= (ulong)Height) continue;
            T* target = padded + y * Width;
            long first = w.Before >= 0 ? 0 : (-w.Before + upW - 1) / upW;
            long end = Math.Min(columns, (Width - 1 - w.Before) / upW + 1);
            T* from = source + i * columns;
            if (upW == 1) for (long j = first; j < end; j++) target[j + w.Before] = from[j];
            else for (long j = first; j < end; j++) target[j * upW + w.Before] = from[j];
        }
    }
}

/// <summary>Convolution of each channel with one filter of its own, and the same for its input's gradient: one plane to a chunk.</summary>
/// <remarks><paramref name="up"/> is how far apart the elements of the source lie: 1 forward, the convolution's strides for the gradient.</remarks>
internal readonly unsafe struct DepthwisePlanes<TLanes, T>(Geometry g, (long Rows, long Columns) source, (long H, long W) up, T* x, T* weight, bool reversed, T* bias, T* y) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    public long Count => g.Images * g.Groups;

    public void Run(long chunk)
    {
        var plane = new PaddedPlane(g.H, g.W, TLanes.Count, up.H, up.W);
        long rowLength = (plane.Windows + 63) / 64 * 64, taps = g.Taps;
        T* row = (T*)Workspace.Take((nuint)((rowLength + taps + plane.Length) * sizeof(T))), filter = row + rowLength, padded = filter + taps;
        plane.Fill(x + chunk * source.Rows * source.Columns, source.Rows, source.Columns, padded);
        long channel = chunk % g.Groups;
        for (long t = 0; t < taps; t++) filter[t] = weight[channel * taps + (reversed ? taps - 1 - t : t)];
        T start = bias is null ? default! : bias[channel];
        T* target = y + chunk * g.OutPlane;
        for (long h = 0; h < g.H.Out; h++, target += g.W.Out)
        {
            Correlate(padded + h * g.H.Stride * plane.Width, plane.Width, plane.Windows, filter, start, row);
            if (g.W.Stride == 1) new Span<T>(row, (int)g.W.Out).CopyTo(new(target, (int)g.W.Out));
            else for (long w = 0; w < g.W.Out; w++) target[w] = row[w * g.W.Stride];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Correlate(T* source, long width, long windows, T* filter, T start, T* row)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        long down = g.H.Dilation * width, step = g.W.Dilation;
        for (long j = 0; j < windows; j += TLanes.Count)
        {
            TLanes sum = TLanes.All(start);
            T* tap = filter;
            for (long kh = 0; kh < g.H.Kernel; kh++)
            {
                T* from = source + j + kh * down;
                for (long kw = 0; kw < g.W.Kernel; kw++) sum = TLanes.MultiplyAdd(TLanes.All(*tap++), TLanes.Load(from + kw * step), sum);
            }

            TLanes.Store(sum, row + j);
        }
    }
}

/// <summary>The gradient of each channel's filter: one channel to a chunk, its images one after the other.</summary>
internal readonly unsafe struct DepthwiseWeights<TLanes, T>(Geometry g, T* dy, T* x, T* dWeight) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IAdditionOperators<T, T, T>
{
    public long Count => g.Groups;

    public void Run(long channel)
    {
        var plane = new PaddedPlane(g.H, g.W, TLanes.Count, 1, 1);
        long gradient = g.H.Out * plane.Windows;
        T* spread = (T*)Workspace.Take((nuint)((gradient + plane.Length) * sizeof(T))), padded = spread + gradient, dw = dWeight + channel * g.Taps;
        new Span<T>(dw, (int)g.Taps).Clear();
        for (long image = 0; image < g.Images; image++)
        {
            plane.Fill(x + (image * g.Groups + channel) * g.InPlane, g.H.In, g.W.In, padded);
            Spread(dy + (image * g.Groups + channel) * g.OutPlane, plane.Windows, spread);
            for (long kh = 0; kh < g.H.Kernel; kh++)
                for (long kw = 0; kw < g.W.Kernel; kw++)
                    dw[kh * g.W.Kernel + kw] += Product(spread, plane.Windows, padded + kh * g.H.Dilation * plane.Width + kw * g.W.Dilation, plane.Width * g.H.Stride);
        }
    }

    /// <summary>Each row of dy with zeros between its elements where windows step by more than one, and up to whole lanes.</summary>
    void Spread(T* from, long windows, T* to)
    {
        new Span<T>(to, checked((int)(g.H.Out * windows))).Clear();
        for (long h = 0; h < g.H.Out; h++, to += windows)
            for (long w = 0; w < g.W.Out; w++) to[w * g.W.Stride] = *from++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    T Product(T* spread, long windows, T* source, long width)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        TLanes sum = TLanes.All(default);
        for (long h = 0; h < g.H.Out; h++, spread += windows, source += width)
            for (long j = 0; j < windows; j += TLanes.Count)
                sum = TLanes.MultiplyAdd(TLanes.Load(spread + j), TLanes.Load(source + j), sum);
        return TLanes.Sum(sum);
    }
}
