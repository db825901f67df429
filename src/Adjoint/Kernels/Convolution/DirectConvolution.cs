using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution;

/// <summary>Convolution and its gradients by the definition's sums, as matrix products: for all sizes, in float or double.</summary>
internal static unsafe class DirectConvolution
{
    /// <inheritdoc cref="Convolve.Forward"/>
    public static void Forward<T>(in Geometry g, T* x, T* weight, T* bias, T* y) =>
        Widths.Run<ForwardWork<T>, T>(new(g, x, weight, bias, y));

    /// <inheritdoc cref="Convolve.InputGradient"/>
    public static void InputGradient<T>(in Geometry g, T* dy, T* weight, T* dx)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T> =>
        Widths.Run<InputGradientWork<T>, T>(new(g, dy, weight, dx));

    /// <inheritdoc cref="Convolve.WeightGradient"/>
    public static void WeightGradient<T>(in Geometry g, T* dy, T* x, T* dWeight)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T> =>
        Widths.Run<WeightGradientWork<T>, T>(new(g, dy, x, dWeight));

    readonly struct ForwardWork<T>(Geometry g, T* x, T* weight, T* bias, T* y) : ILaneWork<T>
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, T>
        {
            if (g.IsDepthwise)
            {
                var planes = new DepthwisePlanes<TLanes, T>(g, (g.H.In, g.W.In), (1, 1), x, weight, reversed: false, bias, y);
                Widths.Loop(planes.Count, planes, g.Work);
                return;
            }

            T* packed = SharedMemory.Take<T>(Filters<TLanes, T>.Length(g.Groups, g.Filters, g.Steps));
            Filters<TLanes, T> filters = Filters<TLanes, T>.Pack(weight, packed, g.Groups, g.Filters, g.Channels, g.Taps,
                group: g.Filters * g.Steps, row: g.Steps, channel: g.Taps, reversed: false, g.Work);
            var tiles = new Correlation<TLanes, T>(g, x, filters, bias, y);
            Widths.Loop(tiles.Count, tiles, g.Work);
        }
    }

    readonly struct InputGradientWork<T>(Geometry g, T* dy, T* weight, T* dx) : ILaneWork<T>
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, T>
        {
            if (g.IsDepthwise)
            {
                var spread = new Geometry(g.Images, g.Groups, 1, 1, g.D, g.H.Turned(), g.W.Turned());
                var planes = new DepthwisePlanes<TLanes, T>(spread, (g.H.Out, g.W.Out), (g.H.Stride, g.W.Stride), dy, weight, reversed: true, null, dx);
                Widths.Loop(planes.Count, planes, g.Work);
                return;
            }

            if (g.Turned() is { } back)
            {
                T* packed = SharedMemory.Take<T>(Filters<TLanes, T>.Length(g.Groups, g.Channels, g.Filters * g.Taps));
                Filters<TLanes, T> filters = Filters<TLanes, T>.Pack(weight, packed, g.Groups, g.Channels, g.Filters, g.Taps,
                    group: g.Filters * g.Steps, row: g.Taps, channel: g.Steps, reversed: true, g.Work);
                var tiles = new Correlation<TLanes, T>(back, dy, filters, null, dx);
                Widths.Loop(tiles.Count, tiles, g.Work);
                return;
            }

            var scatter = new InputScatter<TLanes, T>(g, dy, weight, dx);
            Widths.Loop(scatter.Count, scatter, g.Work);
        }
    }

    readonly struct WeightGradientWork<T>(Geometry g, T* dy, T* x, T* dWeight) : ILaneWork<T>
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, T>
        {
            if (g.Positions == 0)
            {
                for (long i = 0; i < g.Groups * g.Filters * g.Steps; i++) dWeight[i] = default;
                return;
            }

            if (g.IsDepthwise)
            {
                var channels = new DepthwiseWeights<TLanes, T>(g, dy, x, dWeight);
                Widths.Loop(channels.Count, channels, g.Work);
                return;
            }

            long tileBlocks = WeightParts<TLanes, T>.TileBlocks(g);
            long turnedLength = (TurnedGradient<TLanes, T>.SharedLength(g) + 63) / 64 * 64;
            T* shared = SharedMemory.Take<T>(turnedLength + tileBlocks * g.Groups * g.Steps * g.Filters), sums = shared + turnedLength;
            var turned = new TurnedGradient<TLanes, T>(g, dy, turnedLength > 0 ? shared : null);
            if (turned.IsShared) Widths.Loop(turned.Count, turned, g.Work);
            var parts = new WeightParts<TLanes, T>(g, turned, x, tileBlocks, sums);
            Widths.Loop(parts.Count, parts, g.Work);
            var join = new WeightJoin<T>(g, tileBlocks, sums, dWeight);
            Widths.Loop(join.Count, join, g.Work);
        }
    }
}
