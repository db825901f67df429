using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Lanes;

/// <summary>
/// A smooth function that has vanished by 6.34, on the right half-line: a polynomial of degree six on each of fifteen
/// segments, whose coefficients are picked by a permutation of one register each. No exponential, no division.
/// </summary>
/// <remarks>
/// Segment j lies around j·7/16. Its polynomial interpolates the definition at Chebyshev points, so that a table needs no
/// numbers but the definition: for Φ(−a) and its like the error is below 3·10⁻⁹, beneath the rounding of floats. The
/// sixteenth polynomial, for all that lies beyond, is 0.
/// </remarks>
internal static unsafe class Segments
{
    const int Degree = 6, Count = 16;
    const double Width = 7.0 / 16;

    /// <summary>In the last segment: what lies beyond is to be brought here.</summary>
    public const double End = (Count - 1) * Width;

    /// <summary>Coefficients of the highest power first, sixteen to a row, 64-byte aligned; for the life of the process.</summary>
    public static float* Of(Func<double, double> definition)
    {
        var table = (float*)NativeMemory.AlignedAlloc((Degree + 1) * Count * sizeof(float), 64);
        new Span<float>(table, (Degree + 1) * Count).Clear();
        for (int segment = 0; segment < Count - 1; segment++)
        {
            double[] coefficients = Interpolate(u => definition((segment * Width) + u), segment == 0 ? 0 : -Width / 2, Width / 2);
            for (int k = 0; k <= Degree; k++) table[((Degree - k) * Count) + segment] = (float)coefficients[k];
        }

        return table;
    }

    /// <summary>The function at 0 ≤ a ≤ <see cref="End"/>; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V At<V, T>(T* table, V a)
        where V : struct, ILanes<V, T>
    {
        // Adding 2²³ rounds to an integer and leaves it in the lowest bits.
        V shift = LaneMath.C<V, T>(8388608);
        V segment = V.MultiplyAdd(a, LaneMath.C<V, T>(1 / Width), shift);
        V u = V.MultiplyAdd(segment - shift, LaneMath.C<V, T>(-Width), a);
        V y = V.Lookup(table, segment);
        y = V.MultiplyAdd(y, u, V.Lookup(table + Count, segment));
        y = V.MultiplyAdd(y, u, V.Lookup(table + (2 * Count), segment));
        y = V.MultiplyAdd(y, u, V.Lookup(table + (3 * Count), segment));
        y = V.MultiplyAdd(y, u, V.Lookup(table + (4 * Count), segment));
        y = V.MultiplyAdd(y, u, V.Lookup(table + (5 * Count), segment));
        return V.MultiplyAdd(y, u, V.Lookup(table + (6 * Count), segment));
    }

    /// <summary>The polynomial, lowest power first, through the Chebyshev points of an interval: divided differences, multiplied out.</summary>
    static double[] Interpolate(Func<double, double> f, double low, double high)
    {
        double[] x = new double[Degree + 1], difference = new double[Degree + 1];
        for (int i = 0; i <= Degree; i++)
        {
            x[i] = ((low + high) / 2) + ((high - low) / 2 * Math.Cos(Math.PI * (i + 0.5) / (Degree + 1)));
            difference[i] = f(x[i]);
        }

        for (int order = 1; order <= Degree; order++)
            for (int i = Degree; i >= order; i--) difference[i] = (difference[i] - difference[i - 1]) / (x[i] - x[i - order]);

        double[] power = new double[Degree + 1];
        for (int i = Degree; i >= 0; i--)
        {
            // power · (u − xᵢ) + differenceᵢ
            for (int k = Degree; k > 0; k--) power[k] = power[k - 1] - (power[k] * x[i]);
            power[0] = difference[i] - (power[0] * x[i]);
        }

        return power;
    }
}
