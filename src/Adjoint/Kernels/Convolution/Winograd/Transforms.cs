using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>The maps of a scheme in two dimensions, on a vector of channels at a time: down the columns, then along the rows.</summary>
/// <remarks>
/// Part <c>Points·i + j</c> of a tile is row i, column j of what a map makes from it; the parts lie a slice apart. What is made of the
/// columns waits in scratch memory of <see cref="ScratchLength"/> elements.
/// </remarks>
internal static unsafe class Transforms<TLanes, TScheme>
    where TLanes : struct, ILanes<TLanes, float>
    where TScheme : struct, IScheme
{
    const int Pixel = PixelRows.Channels;

    /// <summary>Tiles whose columns are mapped together: neighbours share some, and the first-level cache holds them all.</summary>
    const int TilesAtOnce = 4;

    static int MostColumns => TilesAtOnce * TScheme.Outputs + TScheme.Taps - 1;

    /// <summary>Elements that scratch memory takes.</summary>
    public static long ScratchLength => TScheme.Points * MostColumns * TLanes.Count;

    /// <summary>V = Bᵀ d B for neighbouring tiles.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Input(float* pixels, long pixelRow, long tiles, float* target, long step, long slice, float* scratch)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        long row = MostColumns * TLanes.Count, across = TScheme.Outputs * TLanes.Count;
        for (; tiles > 0; tiles -= TilesAtOnce, pixels += TilesAtOnce * TScheme.Outputs * Pixel)
        {
            long some = Math.Min(TilesAtOnce, tiles), columns = some * TScheme.Outputs + TScheme.Taps - 1;
            for (long c = 0; c < columns; c++) TScheme.Input<TLanes>(pixels + c * Pixel, pixelRow, scratch + c * TLanes.Count, row);
            for (long t = 0; t < some; t++, target += step)
                for (int i = 0; i < TScheme.Points; i++)
                    TScheme.Input<TLanes>(scratch + i * row + t * across, TLanes.Count, target + i * TScheme.Points * slice, slice);
        }
    }

    /// <summary>y = Aᵀ M A + bias for neighbouring tiles.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Output(float* source, long step, long slice, long tiles, float* bias, float* pixels, long pixelRow, float* scratch)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        long row = TScheme.Points * TLanes.Count;
        for (; tiles > 0; tiles--, source += step, pixels += TScheme.Outputs * Pixel)
        {
            // The product at point 1, 1 is part of every output.
            float* one = source + (TScheme.Points + 1) * slice;
            TLanes.Store(TLanes.Load(one) + TLanes.Load(bias), one);
            for (int j = 0; j < TScheme.Points; j++) TScheme.Output<TLanes>(source + j * slice, TScheme.Points * slice, scratch + j * TLanes.Count, row);
            for (int i = 0; i < TScheme.Outputs; i++) TScheme.Output<TLanes>(scratch + i * row, TLanes.Count, pixels + i * pixelRow, Pixel);
        }
    }

    /// <summary>Z = A dy Aᵀ for neighbouring tiles.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OutputGradient(float* pixels, long pixelRow, long tiles, float* target, long step, long slice, float* scratch)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        long row = TScheme.Outputs * TLanes.Count;
        for (; tiles > 0; tiles--, target += step, pixels += TScheme.Outputs * Pixel)
        {
            for (int j = 0; j < TScheme.Outputs; j++) TScheme.OutputGradient<TLanes>(pixels + j * Pixel, pixelRow, scratch + j * TLanes.Count, row);
            for (int i = 0; i < TScheme.Points; i++)
                TScheme.OutputGradient<TLanes>(scratch + i * row, TLanes.Count, target + i * TScheme.Points * slice, slice);
        }
    }

    /// <summary>U = G g Gᵀ of one vector of filters, the taps of which lie <paramref name="tap"/> apart (negative: from the last to the first).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Filter(float* source, long tap, float* target, long slice, float* scratch)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        long row = TScheme.Taps * TLanes.Count;
        for (int j = 0; j < TScheme.Taps; j++) TScheme.Filter<TLanes>(source + j * tap, TScheme.Taps * tap, scratch + j * TLanes.Count, row);
        for (int i = 0; i < TScheme.Points; i++) TScheme.Filter<TLanes>(scratch + i * row, TLanes.Count, target + i * TScheme.Points * slice, slice);
    }

    /// <summary>dg = Gᵀ W G of one vector of weights: taps <paramref name="tap"/> apart.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void FilterGradient(float* source, long slice, float* target, long tap, float* scratch)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        long row = TScheme.Points * TLanes.Count;
        for (int j = 0; j < TScheme.Points; j++) TScheme.FilterGradient<TLanes>(source + j * slice, TScheme.Points * slice, scratch + j * TLanes.Count, row);
        for (int i = 0; i < TScheme.Taps; i++) TScheme.FilterGradient<TLanes>(scratch + i * row, TLanes.Count, target + i * TScheme.Taps * tap, tap);
    }
}
