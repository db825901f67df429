namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Rows of pixels with the values of up to 32 channels side by side, copied from planes or back to them; four rows are kept.</summary>
/// <remarks>
/// The transforms then work on vectors of channels: no lane is idle, however small the image, and neighbouring pixels need no
/// shuffling. Turning pixels is cheaper than turning what is made from them: a tile has four pixels of its own and sixteen products.
/// </remarks>
/// <param name="planes">The first channel in the first image.</param>
/// <param name="imageStep">Elements between images.</param>
/// <param name="height">Rows of a plane.</param>
/// <param name="width">Columns of a plane.</param>
/// <param name="memory">Room for <see cref="Length"/> elements.</param>
/// <param name="most">The most pixels of a row that are kept.</param>
internal readonly unsafe struct PixelRows(float* planes, long imageStep, long height, long width, float* memory, long most)
{
    /// <summary>Channels of a pixel, and elements between pixels.</summary>
    public const int Channels = 32;

    const int Kept = 4;

    /// <summary>Elements that rows of some length take.</summary>
    public static long Length(long most) => Kept * most * Channels;

    /// <summary>A row that was loaded, or is to be stored.</summary>
    public float* this[long row] => memory + (row & (Kept - 1)) * most * Channels;

    /// <summary>Reads <paramref name="count"/> pixels of row y from column x on; outside the plane, and in missing channels, are zeros.</summary>
    public void Load(long slot, long image, long channels, long y, long x, long count)
    {
        float* target = this[slot];
        long first = Math.Clamp(-x, 0, count), end = Math.Clamp(width - x, first, count);
        if ((ulong)y >= (ulong)height || end == first || channels < Channels)
            new Span<float>(target, (int)(count * Channels)).Clear();
        else
        {
            new Span<float>(target, (int)(first * Channels)).Clear();
            new Span<float>(target + end * Channels, (int)((count - end) * Channels)).Clear();
        }

        if ((ulong)y >= (ulong)height || end == first) return;
        float* source = planes + image * imageStep + y * width + x + first;
        Transposition.Run(source, height * width, channels, end - first, target + first * Channels, Channels);
    }

    /// <summary>Writes the pixels of a row that lie inside the plane.</summary>
    public void Store(long slot, long image, long channels, long y, long x, long count)
    {
        if (y >= height) return;
        float* target = planes + image * imageStep + y * width + x;
        Transposition.Run(this[slot], Channels, Math.Min(count, width - x), channels, target, height * width);
    }
}
