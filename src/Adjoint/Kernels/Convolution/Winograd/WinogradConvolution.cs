using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Convolutions by a scheme that needs fewer products than the definition.</summary>
internal static unsafe class WinogradConvolution
{
    /// <summary><c>y = bias + weight ⋆ x</c>; <paramref name="bias"/> may be null.</summary>
    public static void Forward(Scheme scheme, in Geometry g, float* x, float* weight, float* bias, float* y) =>
        Schemes.Run<ForwardWork>(scheme, new(g, x, weight, row: g.Steps, channel: g.Taps, reversed: false, bias, y));

    /// <summary>The gradient of the input, which is the turned convolution (<see cref="Geometry.Turned"/>) of dy.</summary>
    public static void InputGradient(Scheme scheme, in Geometry turned, float* dy, float* weight, float* dx) =>
        Schemes.Run<ForwardWork>(scheme, new(turned, dy, weight, row: turned.Taps, channel: turned.Filters * turned.Taps, reversed: true, null, dx));

    /// <summary>The gradient of the weight.</summary>
    public static void WeightGradient(Scheme scheme, in Geometry g, float* dy, float* x, float* dWeight) =>
        Schemes.Run<WeightGradientWork>(scheme, new(g, dy, x, dWeight));

    readonly struct ForwardWork(Geometry g, float* x, float* weight, long row, long channel, bool reversed, float* bias, float* y) : ISchemeWork
    {
        public void Run<TLanes, TScheme>()
            where TLanes : struct, ILanes<TLanes, float>
            where TScheme : struct, IScheme
        {
            float* packed = SharedMemory.Take<float>(TransformedFilters<TLanes, TScheme>.Length(g));
            var filters = new TransformedFilters<TLanes, TScheme>(weight, packed, g, row, channel, reversed);
            Widths.Loop(filters.Count, filters, g.Work);
            var tiles = new TileProducts<TLanes, TScheme>(g, x, filters, bias, y);
            Widths.Loop(tiles.Count, tiles, g.Work);
        }
    }

    readonly struct WeightGradientWork(Geometry g, float* dy, float* x, float* dWeight) : ISchemeWork
    {
        public void Run<TLanes, TScheme>()
            where TLanes : struct, ILanes<TLanes, float>
            where TScheme : struct, IScheme
        {
            float* sums = SharedMemory.Take<float>(GradientProducts<TLanes, TScheme>.Length(g));
            var products = new GradientProducts<TLanes, TScheme>(g, dy, x, sums);
            Widths.Loop(products.Count, products, g.Work);
            var join = new GradientJoin<TLanes, TScheme>(g, sums, dWeight);
            Widths.Loop(join.Count, join, g.Work);
        }
    }
}
