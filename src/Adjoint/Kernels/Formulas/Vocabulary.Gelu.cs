namespace Adjoint;

public static partial class Vocabulary
{
    /// <summary>The Gaussian error linear unit x·Φ(x), Φ the standard normal distribution function.</summary>
    /// <remarks>
    /// max(x, 0) − |x|·½·erfc(|x|/√2), so that the left tail keeps its digits. In F32 the tail ends at −6.34: the result is
    /// within 1.7 ulp or 3·10⁻⁹, whichever is more.
    /// </remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number ≥ −0.17; the limits at ±∞.</returns>
    public static double Gelu(double x)
    {
        double a = Math.Abs(x);
        if (a > 39) return x > 0 ? x : -0.0;
        return (x < 0 ? -0.0 : x) - (a * NormalTail(a));
    }

    /// <summary>The slope of <see cref="Gelu"/>: Φ(x) + x·φ(x), φ the standard normal density.</summary>
    /// <remarks>In F32 within 10⁻⁷ everywhere.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number from −0.13 to 1.13.</returns>
    public static double GeluSlope(double x)
    {
        double a = Math.Abs(x);
        if (a > 39) return x > 0 ? 1 : 0;
        double tail = NormalTail(a) - (a * NormalDensityOfZero * Math.Exp(-0.5 * a * a));
        return x < 0 ? tail : 1 - tail;
    }

    const double NormalDensityOfZero = 0.39894228040143267;

    /// <summary>Φ(−a).</summary>
    static double NormalTail(double a) => 0.5 * Erfc(a * Math.Sqrt(0.5));
}
