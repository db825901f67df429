using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>The schemes there are.</summary>
internal enum Scheme
{
    /// <summary>The definition's sums.</summary>
    None,

    /// <inheritdoc cref="Winograd.F2x3"/>
    F2x3,

    /// <inheritdoc cref="Winograd.F4x3"/>
    F4x3,

    /// <inheritdoc cref="Winograd.F4x5"/>
    F4x5,
}

/// <summary>Work written over lanes of any width and any scheme.</summary>
internal interface ISchemeWork
{
    void Run<TLanes, TScheme>()
        where TLanes : struct, ILanes<TLanes, float>
        where TScheme : struct, IScheme;
}

/// <summary>Which scheme makes a convolution, from its sizes alone.</summary>
internal static class Schemes
{
    const long LeastChannels = 16;

    /// <summary>What transforming the filters, or adding up their gradients, costs, in the products of so many tiles.</summary>
    const double Filters = 32;

    /// <summary>Products saved by less than this do not pay for the transforms.</summary>
    const double Worth = 0.75;

    /// <summary>The scheme with the least work: kernels of 3×3 or 5×5 at every place, and enough channels to multiply.</summary>
    public static Scheme Of(in Geometry g)
    {
        if (g.D != WindowAxis.None || !IsDense(g.H) || !IsDense(g.W) || g.Channels < LeastChannels || g.Filters < LeastChannels) return Scheme.None;
        Scheme best = Scheme.None;
        double least = Worth * g.Taps * g.Positions;
        Consider<F2x3>(g, Scheme.F2x3, ref best, ref least);
        Consider<F4x3>(g, Scheme.F4x3, ref best, ref least);
        Consider<F4x5>(g, Scheme.F4x5, ref best, ref least);
        return best;
    }

    /// <summary>Runs work over a scheme.</summary>
    public static void Run<TWork>(Scheme scheme, in TWork work)
        where TWork : struct, ISchemeWork
    {
        if (scheme == Scheme.F2x3) Widths.Run<Over<TWork, F2x3>, float>(new(work));
        else if (scheme == Scheme.F4x3) Widths.Run<Over<TWork, F4x3>, float>(new(work));
        else Widths.Run<Over<TWork, F4x5>, float>(new(work));
    }

    static bool IsDense(WindowAxis axis) => axis is { Stride: 1, Dilation: 1, Before: >= 0 } && axis.Before < axis.Kernel;

    static void Consider<TScheme>(in Geometry g, Scheme scheme, ref Scheme best, ref double least)
        where TScheme : struct, IScheme
    {
        double work = WinogradSizes<TScheme>.Parts * (WinogradSizes<TScheme>.OutputTiles(g).Count + Filters);
        if (g.H.Kernel == TScheme.Taps && g.W.Kernel == TScheme.Taps && work <= least) (best, least) = (scheme, work);
    }

    readonly struct Over<TWork, TScheme>(TWork work) : ILaneWork<float>
        where TWork : struct, ISchemeWork
        where TScheme : struct, IScheme
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, float> => work.Run<TLanes, TScheme>();
    }
}
