using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>What a block of tiles gives the sixteen products: V[part, tile, channel] from an input, Z[part, tile, filter] from the gradient of an output.</summary>
internal static unsafe class BlockTransforms<TLanes>
    where TLanes : struct, ILanes<TLanes, float>
{
    const int Slice = PixelRows.Channels;

    /// <summary>V of some channels of x; <paramref name="rows"/> is memory for rows of pixels.</summary>
    public static void Input(in Geometry g, in TileGrid grid, long first, long count, float* x, long channels, float* rows, float* v, long pitch, long slice)
    {
        for (long c = 0; c < channels; c += Slice)
        {
            long some = Math.Min(Slice, channels - c);
            var pixels = new PixelRows(x + c * g.InPlane, g.InImage, g.H.In, g.W.In, rows, MostPixels(grid));
            TileRun last = default;
            float* target = v + c;
            for (long tile = first; tile < first + count;)
            {
                TileRun run = grid.Run(tile, first + count);
                long y = 2 * run.Row - g.H.Before;

                // Below a whole row of tiles two rows are known already.
                bool below = tile > first && last.From == 0 && last.Image == run.Image && last.Row == run.Row - 1;
                for (long i = below ? 2 : 0; i < 4; i++)
                    pixels.Load(2 * run.Row + i, run.Image, some, y + i, 2 * run.From - g.W.Before, 2 * run.Count + 2);
                for (long lane = 0; lane < some; lane += TLanes.Count)
                    Transforms<TLanes>.Input(pixels[2 * run.Row] + lane, pixels[2 * run.Row + 1] + lane, pixels[2 * run.Row + 2] + lane, pixels[2 * run.Row + 3] + lane,
                        run.Count, target + lane, pitch, slice);
                target += run.Count * pitch;
                tile += run.Count;
                last = run;
            }
        }
    }

    /// <summary>Z of some filters of dy.</summary>
    public static void OutputGradient(in Geometry g, in TileGrid grid, long first, long count, float* dy, long filters, float* rows, float* z, long pitch, long slice)
    {
        for (long f = 0; f < filters; f += Slice)
        {
            long some = Math.Min(Slice, filters - f);
            var pixels = new PixelRows(dy + f * g.OutPlane, g.OutImage, g.H.Out, g.W.Out, rows, MostPixels(grid));
            float* target = z + f;
            for (long tile = first; tile < first + count;)
            {
                TileRun run = grid.Run(tile, first + count);
                for (long i = 0; i < 2; i++) pixels.Load(i, run.Image, some, 2 * run.Row + i, 2 * run.From, 2 * run.Count);
                for (long lane = 0; lane < some; lane += TLanes.Count)
                    Transforms<TLanes>.OutputGradient(pixels[0] + lane, pixels[1] + lane, run.Count, target + lane, pitch, slice);
                target += run.Count * pitch;
                tile += run.Count;
            }
        }
    }

    /// <summary>y of 32 filters or fewer, from M[part, tile, filter].</summary>
    public static void Output(in Geometry g, in TileGrid grid, long first, long count, float* m, long slice, float* bias, long filters, float* rows, float* y)
    {
        var pixels = new PixelRows(y, g.OutImage, g.H.Out, g.W.Out, rows, MostPixels(grid));
        for (long tile = first; tile < first + count;)
        {
            TileRun run = grid.Run(tile, first + count);
            for (long lane = 0; lane < filters; lane += TLanes.Count)
                Transforms<TLanes>.Output(m + lane, Slice, slice, run.Count, TLanes.Load(bias + lane), pixels[0] + lane, pixels[1] + lane);
            for (long i = 0; i < 2; i++) pixels.Store(i, run.Image, filters, 2 * run.Row + i, 2 * run.From, 2 * run.Count);
            m += run.Count * Slice;
            tile += run.Count;
        }
    }

    /// <summary>Elements that rows of pixels take.</summary>
    public static long RowsLength(in TileGrid grid) => PixelRows.Length(MostPixels(grid));

    static long MostPixels(in TileGrid grid) => 2 * Math.Min(grid.Across, grid.Length) + 2;
}
