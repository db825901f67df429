namespace Adjoint;

/// <summary>
/// The functions that formulas may use beside <see cref="Math"/>: written for one <see cref="double"/> each, they define
/// what the SIMD versions must compute. Meant for <c>using static Adjoint.Vocabulary;</c>.
/// </summary>
public static partial class Vocabulary
{
    // ln 2 in two pieces, the first with so few bits that k·Ln2High is exact for every exponent k.
    const double Ln2High = 6.93147180369123816490e-01;
    const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>e<sup>x</sup> − 1, accurate near zero where the subtraction would cancel.</summary>
    /// <remarks>
    /// With x = k·ln 2 + r and |r| ≤ ½ ln 2: 2ᵏ·expm1(r) + (2ᵏ − 1), where expm1(r) is the rational approximation of
    /// fdlibm (Sun Microsystems 1993). Within 1.5 ulp.
    /// </remarks>
    /// <param name="x">Any number.</param>
    /// <returns>−1 at −∞, +∞ beyond the range of doubles, <paramref name="x"/> itself at ±0 and NaN.</returns>
    public static double Expm1(double x)
    {
        if (x > 40) return Math.Exp(x);
        if (x < -40) return -1;
        if (!(Math.Abs(x) > 5e-17)) return x;

        double k = Math.Abs(x) <= 0.34657359027997265 ? 0 : Math.Round(x * 1.4426950408889634);
        double high = x - k * Ln2High, low = k * Ln2Low;
        double r = high - low;
        double lost = high - r - low;

        double half = 0.5 * r, z = r * half;
        double q = 1 + z * (-3.33333333333331316428e-02 + z * (1.58730158725481460165e-03 + z * (-7.93650757867487942473e-05
            + z * (4.00821782732936239552e-06 + z * -2.01099218183624371326e-07))));
        double t = 3 - q * half;
        double e = z * ((q - t) / (6 - r * t));
        if (k == 0) return r - (r * e - z);

        double small = r - (r * (e - lost) - lost - z);
        double scale = Math.ScaleB(1, (int)k);
        return Math.FusedMultiplyAdd(scale, small, scale - 1);
    }

    /// <summary>ln(1 + x), accurate near zero where the sum would lose the digits of x.</summary>
    /// <remarks>With u = 1 + x rounded and c what the rounding lost: ln u + c/u (after fdlibm, Sun Microsystems 1993). Within 1.5 ulp.</remarks>
    /// <param name="x">A number ≥ −1.</param>
    /// <returns>−∞ at −1, NaN below, <paramref name="x"/> itself at ±0.</returns>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        if (u == 1) return x;
        if (!(x > -1) || double.IsPositiveInfinity(x)) return Math.Log(u);
        double lost = x > 1 ? 1 - (u - x) : x - (u - 1);
        return Math.Log(u) + lost / u;
    }

    /// <summary>The logistic function 1 / (1 + e<sup>−x</sup>).</summary>
    /// <remarks>Written with e<sup>−|x|</sup>, so that neither side overflows and the left tail keeps its relative accuracy. Within 2 ulp.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number from 0 to 1.</returns>
    public static double Sigmoid(double x)
    {
        if (x >= 0) return 1 / (1 + Math.Exp(-x));
        double e = Math.Exp(x);
        return e / (1 + e);
    }

    /// <summary>ln(1 + e<sup>x</sup>), the smooth version of max(x, 0).</summary>
    /// <remarks>max(x, 0) + log1p(e<sup>−|x|</sup>). Within 2 ulp.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number ≥ 0.</returns>
    public static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));

    /// <summary>ln sigmoid(x) = −softplus(−x).</summary>
    /// <remarks>min(x, 0) − log1p(e<sup>−|x|</sup>). Within 2 ulp.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number ≤ 0.</returns>
    public static double LogSigmoid(double x) => Math.Min(x, 0) - Log1p(Math.Exp(-Math.Abs(x)));

    /// <summary>1 / √x: both steps correctly rounded, hence within 1 ulp.</summary>
    /// <param name="x">A number ≥ 0.</param>
    /// <returns>+∞ at 0 (−∞ at −0), NaN below.</returns>
    public static double Rsqrt(double x) => 1 / Math.Sqrt(x);

    /// <summary>1 / x, correctly rounded.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>±∞ at ±0.</returns>
    public static double Reciprocal(double x) => 1 / x;

    /// <summary>−1 for negative numbers, 1 for positive ones; ±0 and NaN stay as they are.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>The sign as a number.</returns>
    public static double Sign(double x) => x > 0 ? 1 : x < 0 ? -1 : x;
}
