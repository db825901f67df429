using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>What a block of tiles gives the products: V[part, tile, channel] from an input, Z[part, tile, filter] from the gradient of an output.</summary>
/// <param name="g">The convolution.</param>
/// <param name="grid">Its tiles.</param>
/// <param name="memory">Room for <see cref="Length"/> elements.</param>
internal readonly unsafe struct BlockTransforms<TLanes, TScheme>(Geometry g, TileGrid grid, float* memory)
    where TLanes : struct, ILanes<TLanes, float>
    where TScheme : struct, IScheme
{
    const int Slice = PixelRows.Channels;

    static int Outputs => TScheme.Outputs;

    static int Inputs => TScheme.Outputs + TScheme.Taps - 1;

    /// <summary>Elements of working memory: rows of pixels, and what the transforms keep for themselves.</summary>
    public static long Length(in TileGrid grid) => PixelRows.Length(Inputs, MostPixels(grid)) + Transforms<TLanes, TScheme>.ScratchLength;

    static long MostPixels(in TileGrid grid) => Outputs * Math.Min(grid.Across, grid.Length) + TScheme.Taps - 1;

    float* Scratch => memory + PixelRows.Length(Inputs, MostPixels(grid));

    PixelRows Input(float* x) => new(x, g.InImage, g.H.In, g.W.In, memory, MostPixels(grid));

    PixelRows Output(float* y) => new(y, g.OutImage, g.H.Out, g.W.Out, memory, MostPixels(grid));

    /// <summary>V of some channels of x.</summary>
    public void Input(long first, long count, float* x, long channels, float* v, long pitch, long slice)
    {
        for (long c = 0; c < channels; c += Slice)
        {
            long some = Math.Min(Slice, channels - c);
            PixelRows pixels = Input(x + c * g.InPlane);
            TileRun last = default;
            float* target = v + c;
            for (long tile = first; tile < first + count;)
            {
                TileRun run = grid.Run(tile, first + count);

                // Below a whole row of tiles some rows are known already.
                bool below = tile > first && last.From == 0 && last.Image == run.Image && last.Row == run.Row - 1;
                if (below) pixels.Scroll(Outputs, TScheme.Taps - 1);
                long known = below ? TScheme.Taps - 1 : 0;
                pixels.Load(known, Inputs - known, run.Image, some, Outputs * run.Row - g.H.Before + known, Outputs * run.From - g.W.Before, Outputs * run.Count + TScheme.Taps - 1);
                for (long lane = 0; lane < some; lane += TLanes.Count)
                    Transforms<TLanes, TScheme>.Input(pixels[0] + lane, pixels.Row, run.Count, target + lane, pitch, slice, Scratch);
                target += run.Count * pitch;
                tile += run.Count;
                last = run;
            }
        }
    }

    /// <summary>Z of some filters of dy.</summary>
    public void OutputGradient(long first, long count, float* dy, long filters, float* z, long pitch, long slice)
    {
        for (long f = 0; f < filters; f += Slice)
        {
            long some = Math.Min(Slice, filters - f);
            PixelRows pixels = Output(dy + f * g.OutPlane);
            float* target = z + f;
            for (long tile = first; tile < first + count;)
            {
                TileRun run = grid.Run(tile, first + count);
                pixels.Load(0, Outputs, run.Image, some, Outputs * run.Row, Outputs * run.From, Outputs * run.Count);
                for (long lane = 0; lane < some; lane += TLanes.Count)
                    Transforms<TLanes, TScheme>.OutputGradient(pixels[0] + lane, pixels.Row, run.Count, target + lane, pitch, slice, Scratch);
                target += run.Count * pitch;
                tile += run.Count;
            }
        }
    }

    /// <summary>y of 32 filters or fewer, from M[part, tile, filter].</summary>
    public void Output(long first, long count, float* m, long slice, float* bias, long filters, float* y)
    {
        PixelRows pixels = Output(y);
        for (long tile = first; tile < first + count;)
        {
            TileRun run = grid.Run(tile, first + count);
            for (long lane = 0; lane < filters; lane += TLanes.Count)
                Transforms<TLanes, TScheme>.Output(m + lane, Slice, slice, run.Count, bias + lane, pixels[0] + lane, pixels.Row, Scratch);
            pixels.Store(Outputs, run.Image, filters, Outputs * run.Row, Outputs * run.From, Outputs * run.Count);
            m += run.Count * Slice;
            tile += run.Count;
        }
    }
}
