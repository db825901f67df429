namespace Adjoint;

// All by the values at −|x|, which are small: max(x, 0) − |x|·G(−|x|) for x·G(x), and 1 − slope(−x) for the slope at x > 0.
public static partial class Vocabulary
{
    /// <summary>The Gaussian error linear unit x·Φ(x), Φ the standard normal distribution function.</summary>
    /// <remarks>max(x, 0) − |x|·½·erfc(|x|/√2). In F32 within 2.3 ulp or 10⁻⁹, and 0 below −6.34.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number ≥ −0.17; at ±∞ the limits.</returns>
    public static double Gelu(double x) => Gated(x, NormalTail(Limited(x)));

    /// <summary>The slope of <see cref="Gelu"/>: Φ(x) + x·φ(x), φ the standard normal density.</summary>
    /// <remarks>In F32 within 8·10⁻⁸, and exactly 0 or 1 beyond ∓6.34.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number from −0.13 to 1.13.</returns>
    public static double GeluSlope(double x)
    {
        double a = Limited(x);
        return Mirrored(x, NormalTail(a) - (a * NormalDensityOfZero * Math.Exp(-0.5 * a * a)));
    }

    /// <summary>The approximation of <see cref="Gelu"/> that GPT-2 uses: ½x(1 + tanh(√(2/π)(x + 0.044715x³))).</summary>
    /// <remarks>As x·σ(√(8/π)(x + 0.044715x³)), where nothing cancels on the left. In F32 within 2.8 ulp or 10⁻⁹, and 0 below −6.34.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number ≥ −0.18; at ±∞ the limits.</returns>
    public static double GeluTanh(double x) => Gated(x, Sigmoid(-TanhGate(Limited(x))));

    /// <summary>The slope of <see cref="GeluTanh"/>.</summary>
    /// <remarks>In F32 within 8·10⁻⁸, and exactly 0 or 1 beyond ∓6.34.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number from −0.13 to 1.13.</returns>
    public static double GeluTanhSlope(double x)
    {
        double a = Limited(x), tail = Sigmoid(-TanhGate(a));
        return Mirrored(x, tail - (a * tail * (1 - tail) * Math.FusedMultiplyAdd(a * a, 3 * TanhGateCubic, TanhGateSlope)));
    }

    internal const double NormalDensityOfZero = 0.39894228040143267, TanhGateSlope = 1.5957691216057307, TanhGateCubic = 0.044715 * TanhGateSlope;

    /// <summary>From here on all tails are 0.</summary>
    internal const double GeluEnd = 39;

    /// <summary>Φ(−a).</summary>
    internal static double NormalTail(double a) => 0.5 * Erfc(a * Math.Sqrt(0.5));

    /// <summary>√(8/π)(x + 0.044715x³): ½(1 + tanh u) = σ(2u).</summary>
    internal static double TanhGate(double x) => x * Math.FusedMultiplyAdd(x * x, TanhGateCubic, TanhGateSlope);

    static double Limited(double x) => Math.Min(Math.Abs(x), GeluEnd);

    static double Gated(double x, double tail) => (x < 0 ? -0.0 : x) - (Limited(x) * tail);

    static double Mirrored(double x, double left) => x < 0 ? left : 1 - left;
}
