using System.Runtime.InteropServices;

namespace Adjoint.Data;

/// <summary>Surrounds each image with zeros and cuts an image of the original size out of it, at a random place.</summary>
/// <remarks>
/// Shapes: inputs [B, …, H, W] of any element type; targets stay. Two random numbers an image. Put it before <see cref="Normalize"/> for
/// black surroundings, after it for surroundings of the mean. Source: the augmentation of He et al. 2015, §4.2 (padding 4).
/// </remarks>
[PyTorch("torchvision.transforms.RandomCrop", Differs = "Padding, then a cut of the original size.")]
public sealed class RandomCrop : ITransform
{
    readonly int _padding;

    /// <summary>Chooses how many zeros surround the image on each side.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public RandomCrop(int padding = 4)
    {
        if (padding < 1) throw new ArgumentOutOfRangeException(nameof(padding), $"random crop: padding must be at least 1, but it is {padding}.");
        _padding = padding;
    }

    /// <inheritdoc/>
    public bool IsRandom => true;

    /// <inheritdoc/>
    /// <exception cref="ShapeException">Inputs are no images.</exception>
    public Batch Apply(Batch batch, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(random);
        Tensor x = Images.Checked(batch.Inputs, "random crop");
        Tensor y = Tensor.Zeros(x.Shape, x.DType);
        for (long image = 0; image < batch.Count; image++)
        {
            long down = random.NextInteger((2 * _padding) + 1) - _padding, right = random.NextInteger((2 * _padding) + 1) - _padding;
            Shift(x, y, image, down, right);
        }

        return new(y, batch.Targets);
    }

    // y[r, c] = x[r + down, c + right] where that exists.
    static unsafe void Shift(Tensor x, Tensor y, long image, long down, long right)
    {
        long height = x.Shape[^2], width = x.Shape[^1], size = x.DType.Bytes, planes = x.Elements / Math.Max(x.Shape[0] * height * width, 1);
        long first = Math.Max(0, -right), length = width - Math.Abs(right);
        if (length <= 0) return;
        for (long plane = image * planes; plane < (image + 1) * planes; plane++)
        {
            for (long r = Math.Max(0, -down); r < Math.Min(height, height - down); r++)
            {
                byte* from = (byte*)x.Data + ((((plane * height) + r + down) * width) + first + right) * size;
                byte* to = (byte*)y.Data + ((((plane * height) + r) * width) + first) * size;
                NativeMemory.Copy(from, to, (nuint)(length * size));
            }
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }
}
