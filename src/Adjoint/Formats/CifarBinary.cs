namespace Adjoint.Formats;

/// <summary>The images of a CIFAR file.</summary>
/// <param name="Images">U8 [N, 3, 32, 32]: red, green, blue planes, row by row.</param>
/// <param name="Labels">I64 [N]: the class; of CIFAR-100 the fine one.</param>
/// <param name="CoarseLabels">I64 [N]: the superclass; CIFAR-100 only.</param>
public sealed record CifarImages(Tensor Images, Tensor Labels, Tensor? CoarseLabels = null);

/// <summary>Reads the binary version of CIFAR-10 (one label byte, then 3,072 pixel bytes) and CIFAR-100 (a coarse and a fine label byte), plain or gzipped.</summary>
/// <remarks>Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images", and the data set's page.</remarks>
public static class CifarBinary
{
    const int Pixels = 3 * 32 * 32;

    /// <summary>Reads a file of CIFAR-10's layout.</summary>
    /// <exception cref="FormatException">The size is no multiple of 3,073, or a label is not below 10.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static CifarImages Read10(string path)
    {
        using Stream stream = Compressed.Open(path);
        return Read(stream, path, coarse: 0, fine: 10);
    }

    /// <summary>Reads a stream of CIFAR-10's layout from where it stands to its end; it stays open.</summary>
    /// <inheritdoc cref="Read10(string)" path="/exception[1]"/>
    public static CifarImages Read10(Stream stream, string name = "stream") => Read(Compressed.Unwrap(stream, leaveOpen: true), name, coarse: 0, fine: 10);

    /// <summary>Reads a file of CIFAR-100's layout.</summary>
    /// <exception cref="FormatException">The size is no multiple of 3,074, or a coarse label is not below 20 or a fine one not below 100.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static CifarImages Read100(string path)
    {
        using Stream stream = Compressed.Open(path);
        return Read(stream, path, coarse: 20, fine: 100);
    }

    /// <summary>Reads a stream of CIFAR-100's layout from where it stands to its end; it stays open.</summary>
    /// <inheritdoc cref="Read100(string)" path="/exception[1]"/>
    public static CifarImages Read100(Stream stream, string name = "stream") => Read(Compressed.Unwrap(stream, leaveOpen: true), name, coarse: 20, fine: 100);

    internal static CifarImages Read(Stream stream, string name, int coarse, int fine)
    {
        Chunks bytes = Compressed.Read("cifar", name, () => Chunks.Read(stream));
        int labels = coarse > 0 ? 2 : 1, record = labels + Pixels;
        if (bytes.Length == 0) throw new FormatException($"cifar: a file must hold at least one image, but {name.Quoted()} is empty.");
        if (bytes.Length % record != 0) throw new FormatException($"cifar: the size must be a multiple of {record} bytes, but {name.Quoted()} holds {bytes.Length}.");
        long count = bytes.Length / record;
        Tensor images = Tensor.Allocate([count, 3, 32, 32], DType.U8);
        for (long i = 0; i < count; i++) CopyImage(bytes, (i * record) + labels, images, i);
        return new(images, Labels(bytes, record, labels - 1, fine, name), labels == 2 ? Labels(bytes, record, 0, coarse, name) : null);
    }

    static unsafe void CopyImage(Chunks bytes, long from, Tensor images, long index)
    {
        bytes.CopyTo(from, new((byte*)images.Data + (index * Pixels), Pixels));
        GC.KeepAlive(images);
    }

    static unsafe Tensor Labels(Chunks bytes, int record, int at, int classes, string name)
    {
        Tensor labels = Tensor.Allocate([bytes.Length / record], DType.I64);
        for (long i = 0; i < labels.Elements; i++)
        {
            byte label = bytes[(i * record) + at];
            if (label >= classes) throw new FormatException($"cifar: labels must be below {classes}, but that of image {i} in {name.Quoted()} is {label}.");
            ((long*)labels.Data)[i] = label;
        }

        GC.KeepAlive(labels);
        return labels;
    }
}
