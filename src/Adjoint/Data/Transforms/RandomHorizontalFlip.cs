namespace Adjoint.Data;

/// <summary>Mirrors each image left to right with a given probability, in place.</summary>
/// <remarks>Shapes: inputs [B, …, H, W] of any element type; targets stay. One random number an image.</remarks>
[PyTorch("torchvision.transforms.RandomHorizontalFlip")]
public sealed class RandomHorizontalFlip : ITransform
{
    readonly double _probability;

    /// <summary>Chooses the probability.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public RandomHorizontalFlip(double probability = 0.5)
    {
        if (!(probability is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), $"random horizontal flip: the probability must be from 0 to 1, but it is {probability}.");
        _probability = probability;
    }

    /// <inheritdoc/>
    public bool IsRandom => true;

    /// <inheritdoc/>
    /// <exception cref="ShapeException">Inputs are no images.</exception>
    public unsafe Batch Apply(Batch batch, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(random);
        Tensor x = Images.Checked(batch.Inputs, "random horizontal flip");
        int width = checked((int)x.Shape[^1]);
        long rows = x.Elements / Math.Max(batch.Count * width, 1), rowBytes = (long)width * x.DType.Bytes;
        byte* data = (byte*)x.Data;
        for (long image = 0; image < batch.Count; image++)
        {
            bool flip = random.NextDouble() < _probability;
            for (long row = 0; row < rows; row++, data += rowBytes) if (flip) Mirror(data, width, x.DType.Bytes);
        }

        x.Written();
        GC.KeepAlive(x);
        return x == batch.Inputs ? batch : new(x, batch.Targets);
    }

    static unsafe void Mirror(byte* row, int width, int elementBytes)
    {
        switch (elementBytes)
        {
            case 1: new Span<byte>(row, width).Reverse(); break;
            case 2: new Span<ushort>(row, width).Reverse(); break;
            case 4: new Span<uint>(row, width).Reverse(); break;
            default: new Span<ulong>(row, width).Reverse(); break;
        }
    }
}
