namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Rows of pixels with the values of up to 32 channels side by side, copied from planes or back to them.</summary>
/// <remarks>
/// The transforms then work on vectors of channels: no lane is idle, however small the image, and neighbouring pixels need no
/// shuffling. Turning pixels is cheaper than turning what is made from them: a tile has fewer pixels of its own than products.
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

    /// <summary>Rows are no power of two apart, so that the pixels of a column do not compete for one cache set.</summary>
    const int Between = 16;

    /// <summary>Elements that some rows of some length take.</summary>
    public static long Length(long rows, long most) => rows * (most * Channels + Between);

    /// <summary>Elements between rows.</summary>
    public long Row => most * Channels + Between;

    /// <summary>A row that was loaded, or is to be stored.</summary>
    public float* this[long row] => memory + row * Row;

    /// <summary>Moves some rows up by as many as <paramref name="by"/>, over those that are not needed any more.</summary>
    public void Scroll(long by, long rows)
    {
        for (long i = 0; i < rows; i++) new Span<float>(this[i + by], (int)(most * Channels)).CopyTo(new(this[i], (int)(most * Channels)));
    }

    /// <summary>Reads the pixels of some rows of the plane, from row y and column x on; outside the plane, and in missing channels, are zeros.</summary>
    public void Load(long row, long rows, long image, long channels, long y, long x, long count)
    {
        long above = Math.Clamp(-y, 0, rows), below = Math.Clamp(height - y, above, rows);
        long first = Math.Clamp(-x, 0, count), end = Math.Clamp(width - x, first, count);
        for (long i = 0; i < rows; i++)
        {
            float* target = this[row + i];
            if (i < above || i >= below || channels < Channels) new Span<float>(target, (int)(count * Channels)).Clear();
            else
            {
                new Span<float>(target, (int)(first * Channels)).Clear();
                new Span<float>(target + end * Channels, (int)((count - end) * Channels)).Clear();
            }
        }

        float* source = planes + image * imageStep + (y + above) * width + x + first;
        Transposition.Run(source, height * width, width, channels, end - first, this[row + above] + first * Channels, Channels, Row, below - above);
    }

    /// <summary>Writes the pixels of some rows that lie inside the plane.</summary>
    public void Store(long rows, long image, long channels, long y, long x, long count)
    {
        float* target = planes + image * imageStep + y * width + x;
        Transposition.Run(memory, Channels, Row, Math.Min(count, width - x), channels, target, height * width, width, Math.Min(rows, height - y));
    }
}
