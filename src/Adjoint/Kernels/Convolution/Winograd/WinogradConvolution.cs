using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Convolutions with kernels of 3×3 by minimal filtering: sixteen products where the definition has 36.</summary>
internal static unsafe class WinogradConvolution
{
    /// <summary><c>y = bias + weight ⋆ x</c>; <paramref name="bias"/> may be null.</summary>
    public static void Forward(in Geometry g, float* x, float* weight, float* bias, float* y) =>
        Widths.Run<ForwardWork, float>(new(g, x, weight, row: g.Steps, channel: g.Taps, reversed: false, bias, y));

    /// <summary>The gradient of the input, which is the turned convolution (<see cref="Geometry.Turned"/>) of dy.</summary>
    public static void InputGradient(in Geometry turned, float* dy, float* weight, float* dx) =>
        Widths.Run<ForwardWork, float>(new(turned, dy, weight, row: turned.Taps, channel: turned.Filters * turned.Taps, reversed: true, null, dx));

    /// <summary>The gradient of the weight.</summary>
    public static void WeightGradient(in Geometry g, float* dy, float* x, float* dWeight) =>
        Widths.Run<WeightGradientWork, float>(new(g, dy, x, dWeight));

    readonly struct ForwardWork(Geometry g, float* x, float* weight, long row, long channel, bool reversed, float* bias, float* y) : ILaneWork<float>
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, float>
        {
            float* packed = SharedMemory.Take<float>(TransformedFilters<TLanes>.Length(g));
            var filters = new TransformedFilters<TLanes>(weight, packed, g, row, channel, reversed);
            Widths.Loop(filters.Count, filters, g.Work);
            var tiles = new TileProducts<TLanes>(g, x, filters, bias, y);
            Widths.Loop(tiles.Count, tiles, g.Work);
        }
    }

    readonly struct WeightGradientWork(Geometry g, float* dy, float* x, float* dWeight) : ILaneWork<float>
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, float>
        {
            float* sums = SharedMemory.Take<float>(GradientProducts<TLanes>.Length(g));
            var products = new GradientProducts<TLanes>(g, dy, x, sums);
            Widths.Loop(products.Count, products, g.Work);
            var join = new GradientJoin<TLanes>(g, sums, dWeight);
            Widths.Loop(join.Count, join, g.Work);
        }
    }
}
