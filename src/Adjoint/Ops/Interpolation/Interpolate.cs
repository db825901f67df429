using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds the resizing of images to tensors.</summary>
public static class InterpolateSyntax
{
    extension(Tensor x)
    {
        /// <summary>Images, sequences or volumes in another size: x [N, C, …] becomes [N, C, size…], one axis after the other.</summary>
        /// <param name="size">The lengths of the axes behind the channels.</param>
        /// <param name="mode">How values between elements are found.</param>
        /// <param name="alignCorners">Whether the middles of the outermost elements stay where they are; else the outer edges do. For linear and cubic modes.</param>
        /// <exception cref="ShapeException">x has no axes behind the channels, the size has not a length for each, or an image is empty.</exception>
        /// <exception cref="ArgumentException">Corners cannot be aligned in this mode.</exception>
        /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
        [PyTorch("torch.nn.functional.interpolate", "torch.nn.functional.upsample", Differs = "Modes by their kind, not by the number of axes: `Linear` for linear, bilinear, trilinear, `Cubic` for bicubic. No `antialias`.")]
        public Tensor Interpolate(Shape size, InterpolationMode mode = InterpolationMode.Nearest, bool alignCorners = false)
        {
            ArgumentNullException.ThrowIfNull(size);
            CheckImage(x);
            if (size.Rank != x.Rank - 2) throw new ShapeException($"interpolate: size must have a length for each axis behind the channels, but size is {size} and x is {x.Shape}.");
            return Resized(x, size, [], mode, alignCorners);
        }

        /// <summary>Images, sequences or volumes made larger or smaller: each axis behind the channels becomes <c>⌊length·factor⌋</c> long.</summary>
        /// <remarks>Positions are found with the factor itself, even where the length was rounded down.</remarks>
        /// <param name="factors">One factor for all axes, or one for each.</param>
        /// <param name="mode">How values between elements are found.</param>
        /// <param name="alignCorners">Whether the middles of the outermost elements stay where they are; else the outer edges do. For linear and cubic modes.</param>
        /// <exception cref="ShapeException">x has no axes behind the channels, or an image is empty.</exception>
        /// <exception cref="ArgumentException">A factor is not positive, their number does not fit, or corners cannot be aligned in this mode.</exception>
        /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
        public Tensor InterpolateBy(ReadOnlySpan<double> factors, InterpolationMode mode = InterpolationMode.Nearest, bool alignCorners = false)
        {
            CheckImage(x);
            int axes = x.Rank - 2;
            if (factors.Length != 1 && factors.Length != axes) throw new ArgumentException($"interpolate: there must be one factor for all axes behind the channels or one for each, but there are {factors.Length} and x is {x.Shape}.");
            double[] each = factors.Length == axes ? factors.ToArray() : [.. Enumerable.Repeat(factors[0], axes)];
            foreach (double factor in each)
                if (!(factor > 0 && double.IsFinite(factor))) throw new ArgumentException(FormattableString.Invariant($"interpolate: factors must be positive numbers, but one is {factor}."));
            Shape size = Shape.Create([.. each.Select((factor, i) => (long)Math.Floor(x.Shape[i + 2] * factor))]);
            return Resized(x, size, each, mode, alignCorners);
        }

        /// <inheritdoc cref="InterpolateBy(Tensor, ReadOnlySpan{double}, InterpolationMode, bool)"/>
        /// <param name="factor">The factor for all axes.</param>
        /// <param name="mode">How values between elements are found.</param>
        /// <param name="alignCorners">Whether the middles of the outermost elements stay where they are; else the outer edges do. For linear and cubic modes.</param>
        [PyTorch("torch.nn.functional.interpolate", Differs = "`scale_factor` is a method of its own.")]
        public Tensor InterpolateBy(double factor, InterpolationMode mode = InterpolationMode.Nearest, bool alignCorners = false) => x.InterpolateBy([factor], mode, alignCorners);
    }

    static void CheckImage(Tensor x)
    {
        x.MustBeFloat("interpolate");
        if (x.Rank < 3) throw new ShapeException($"interpolate: x must be [N, C, …] with axes behind the channels, but it is {x.Shape}.");
    }

    static Tensor Resized(Tensor x, Shape size, double[] factors, InterpolationMode mode, bool alignCorners)
    {
        if (alignCorners && mode is not (InterpolationMode.Linear or InterpolationMode.Cubic))
            throw new ArgumentException($"interpolate: corners can be aligned by linear and cubic interpolation only, but the mode is {mode}.");
        if (size.Contains(0) || x.Shape.Skip(2).Contains(0)) throw new ShapeException($"interpolate: images must not be empty, but x is {x.Shape} and size is {size}.");

        // Axes that shrink go first: what lies between the steps is smallest so.
        Shape before = x.Shape;
        foreach (int i in Enumerable.Range(0, size.Rank).OrderBy(i => (double)size[i] / before[i + 2]))
        {
            var taps = new AxisTaps(before[i + 2], size[i], mode, factors.Length == 0 ? 0 : factors[i], alignCorners);
            if (IsIdentity(taps)) continue;
            x = new ResampleAxis(i + 2, taps).Apply(x);
        }

        return x;
    }

    // A factor that leaves the length as it is still moves positions, except between two neighbours.
    static bool IsIdentity(AxisTaps taps) => taps.From == taps.To && (taps.Factor is 0 or 1 || taps.AlignCorners || taps.Mode is InterpolationMode.Linear or InterpolationMode.Area);
}
