namespace Adjoint.Nn;

public static partial class Init
{
    /// <summary>Normal numbers of which only those in [<paramref name="low"/>, <paramref name="high"/>] are taken.</summary>
    /// <remarks>
    /// <paramref name="deviation"/> is that of the normal distribution before the cut; with the default cut at two
    /// deviations the numbers' own is 0.8796 of it. Drawn by inverting the distribution function, one uniform number for each.
    /// </remarks>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="mean">The mean before the cut.</param>
    /// <param name="deviation">The deviation before the cut.</param>
    /// <param name="low">The least value; <c>mean − 2·deviation</c> when omitted.</param>
    /// <param name="high">The greatest value; <c>mean + 2·deviation</c> when omitted.</param>
    /// <param name="dtype">The element type of the result.</param>
    /// <exception cref="ArgumentException">low is not below high, the deviation is not positive, or nothing measurable lies between them.</exception>
    [PyTorch("torch.nn.init.trunc_normal_", Differs = "Returns a tensor instead of overwriting one, and takes a generator. Cut at two deviations by default, `mean ± 2·deviation`; PyTorch cuts at −2 and 2, whatever the deviation.")]
    public static Tensor TruncatedNormal(Generator random, Shape shape, double mean = 0, double deviation = 1, double? low = null, double? high = null, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(random);
        double from = low ?? mean - (2 * deviation), to = high ?? mean + (2 * deviation);
        if (!(deviation > 0)) throw new ArgumentException($"truncated normal: the deviation must be positive, but it is {deviation}.");
        if (!(from < to)) throw new ArgumentException($"truncated normal: low must be below high, but low is {from} and high is {to}.");

        // Probabilities near 1 cannot be told apart, those near 0 can: a range above the mean is drawn as its mirror image.
        double a = (from - mean) / deviation, b = (to - mean) / deviation;
        bool mirrored = a > 0;
        if (mirrored) (a, b) = (-b, -a);
        double least = Quantile.Below(a), most = Quantile.Below(b);
        if (!(least < most)) throw new ArgumentException($"truncated normal: the range must hold some of the distribution, but [{from}, {to}] lies too far from the mean {mean} for the deviation {deviation}.");

        if (ShapeOnly.IsOn) return Tensor.Zeros(shape, dtype);
        using Scope scope = Scope.Begin("truncated normal");
        double[] values = random.Uniform(shape, least, most, DType.F64).ToArray<double>();
        for (int i = 0; i < values.Length; i++)
        {
            double z = Math.Clamp(Quantile.Normal(values[i]), a, b);
            values[i] = Math.Clamp(mean + (deviation * (mirrored ? -z : z)), from, to);
        }

        return scope.Keep(Tensor.From(values, shape).To(dtype));
    }
}
