using Adjoint.Kernels.Lanes;

namespace Adjoint.Tests.Kernels;

/// <summary>One function of <see cref="LaneMath"/>: what it means and how far its lanes may be from that.</summary>
/// <param name="Name">The name, as <see cref="Apply"/> knows it.</param>
/// <param name="Meaning">The function in double.</param>
/// <param name="FloatUlp">The largest error of float lanes, in units of the last place of the exact result.</param>
/// <param name="DoubleUlp">The largest distance of double lanes from <paramref name="Meaning"/>, in representable numbers.</param>
/// <param name="FloatFloor">An error of float lanes that is allowed although it is more than that: where a function vanishes or changes sign.</param>
/// <param name="DoubleFloor">The same for double lanes.</param>
public sealed record LaneFunction(string Name, Func<double, double> Meaning, double FloatUlp, long DoubleUlp, double FloatFloor = 0, double DoubleFloor = 0)
{
    public static readonly LaneFunction[] All =
    [
        new("exp", Math.Exp, 1.1, 1),
        new("exp2", x => Math.Pow(2, x), 1.2, 2),
        new("expm1", Vocabulary.Expm1, 1.7, 2),
        new("log", Math.Log, 1, 1),
        new("log2", Math.Log2, 1.6, 2),
        new("log10", Math.Log10, 1.6, 2),
        new("log1p", Vocabulary.Log1p, 1, 2),
        new("sin", Math.Sin, 1.5, 2),
        new("cos", Math.Cos, 1.5, 2),
        new("tan", Math.Tan, 3, 3),
        new("asin", Math.Asin, 0.6, 0),
        new("acos", Math.Acos, 0.6, 0),
        new("atan", Math.Atan, 2, 2),
        new("sinh", Math.Sinh, 2.3, 3),
        new("cosh", Math.Cosh, 2, 2),
        new("tanh", Math.Tanh, 2.5, 3),
        new("asinh", Math.Asinh, 0.6, 0),
        new("acosh", Math.Acosh, 0.6, 0),
        new("atanh", Math.Atanh, 0.6, 0),
        new("erf", Vocabulary.Erf, 1.3, 2),
        new("erfc", Vocabulary.Erfc, 3.3, 4),
        new("gelu", Vocabulary.Gelu, 2.3, 6, 1e-9, 1e-300),
        new("gelu slope", Vocabulary.GeluSlope, 1.6, 6, 4e-8, 4e-16),
        new("gelu of tanh", Vocabulary.GeluTanh, 2.8, 6, 1e-9),
        new("slope of gelu of tanh", Vocabulary.GeluTanhSlope, 1.6, 6, 4e-8, 4e-16),
        new("sigmoid", Vocabulary.Sigmoid, 2.4, 2),
        new("softplus", Vocabulary.Softplus, 1.8, 2),
        new("logsigmoid", Vocabulary.LogSigmoid, 1.8, 3),
        new("rsqrt", Vocabulary.Rsqrt, 1.5, 0),
        new("reciprocal", Vocabulary.Reciprocal, 0.5, 0),
        new("cbrt", Math.Cbrt, 0.6, 0),
        new("sign", Vocabulary.Sign, 0, 0),
    ];

    internal static V Apply<V, T>(string name, V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => name switch
        {
            "exp" => LaneMath.Exp<V, T>(x),
            "exp2" => LaneMath.Exp2<V, T>(x),
            "expm1" => LaneMath.Expm1<V, T>(x),
            "log" => LaneMath.Log<V, T>(x),
            "log2" => LaneMath.Log2<V, T>(x),
            "log10" => LaneMath.Log10<V, T>(x),
            "log1p" => LaneMath.Log1p<V, T>(x),
            "sin" => LaneMath.Sin<V, T>(x),
            "cos" => LaneMath.Cos<V, T>(x),
            "tan" => LaneMath.Tan<V, T>(x),
            "asin" => LaneMath.Asin<V, T>(x),
            "acos" => LaneMath.Acos<V, T>(x),
            "atan" => LaneMath.Atan<V, T>(x),
            "sinh" => LaneMath.Sinh<V, T>(x),
            "cosh" => LaneMath.Cosh<V, T>(x),
            "tanh" => LaneMath.Tanh<V, T>(x),
            "asinh" => LaneMath.Asinh<V, T>(x),
            "acosh" => LaneMath.Acosh<V, T>(x),
            "atanh" => LaneMath.Atanh<V, T>(x),
            "erf" => LaneMath.Erf<V, T>(x),
            "erfc" => LaneMath.Erfc<V, T>(x),
            "gelu" => LaneMath.Gelu<V, T>(x),
            "gelu slope" => LaneMath.GeluSlope<V, T>(x),
            "gelu of tanh" => LaneMath.GeluTanh<V, T>(x),
            "slope of gelu of tanh" => LaneMath.GeluTanhSlope<V, T>(x),
            "sigmoid" => LaneMath.Sigmoid<V, T>(x),
            "softplus" => LaneMath.Softplus<V, T>(x),
            "logsigmoid" => LaneMath.LogSigmoid<V, T>(x),
            "rsqrt" => LaneMath.Rsqrt<V, T>(x),
            "reciprocal" => LaneMath.Reciprocal<V, T>(x),
            "cbrt" => LaneMath.Cbrt<V, T>(x),
            "sign" => LaneMath.Sign<V, T>(x),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };

    /// <summary>Applies the function to a whole number of <typeparamref name="V"/>.</summary>
    internal static unsafe T[] Run<V, T>(string name, T[] x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        var y = new T[x.Length];
        fixed (T* from = x, to = y)
        {
            for (int i = 0; i + V.Count <= x.Length; i += V.Count)
            {
                V.Store(Apply<V, T>(name, V.Load(from + i)), to + i);
            }
        }
        return y;
    }

    /// <summary>The distance of a float from the exact result, in units of the last place of that result.</summary>
    public static double Error(float actual, double exact)
    {
        float expected = (float)exact;
        if (actual == expected || (float.IsNaN(actual) && float.IsNaN(expected)))
        {
            return float.IsFinite(actual) ? Math.Abs(actual - exact) / Spacing(exact) : 0;
        }
        return float.IsFinite(actual) ? Math.Abs(actual - exact) / Spacing(exact) : double.PositiveInfinity;

        static double Spacing(double exact)
        {
            double size = Math.Abs(exact);
            return size < 1.17549435e-38 ? float.Epsilon : Math.ScaleB(1, Math.ILogB(size) - 23);
        }
    }

    /// <summary>How many representable numbers lie between two doubles.</summary>
    public static long Distance(double actual, double expected)
    {
        if (double.IsNaN(actual) || double.IsNaN(expected)) return double.IsNaN(actual) && double.IsNaN(expected) ? 0 : long.MaxValue;
        return Math.Abs(Place(actual) - Place(expected));

        static long Place(double x)
        {
            long bits = BitConverter.DoubleToInt64Bits(x);
            return bits < 0 ? long.MinValue - bits : bits;
        }
    }

    /// <summary>Floats of all sizes, subnormal to infinite, and the numbers where functions have their corners.</summary>
    public static float[] Floats(int step)
    {
        var x = new List<float>();
        for (long bits = 0; bits <= uint.MaxValue; bits += step) x.Add(BitConverter.UInt32BitsToSingle((uint)bits));
        x.AddRange(Corners.Select(c => (float)c));
        return [.. x, .. new float[(16 - x.Count % 16) % 16]];
    }

    /// <summary>Doubles of all sizes, densely between −40 and 40, and the corners.</summary>
    public static double[] Doubles(int count)
    {
        var random = new Random(1);
        var x = new List<double>();
        for (int i = 0; i < count; i++)
        {
            x.Add(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
            x.Add((random.NextDouble() - 0.5) * 80);
            x.Add((random.NextDouble() - 0.5) * 4);
            x.Add((random.NextDouble() - 0.5) * 1500);
            x.Add(Math.ScaleB(random.NextDouble() - 0.5, random.Next(-60, 8)));
            x.Add(1 + Math.ScaleB(random.NextDouble() - 0.5, random.Next(-50, 2)));
        }
        x.AddRange(Corners);
        return [.. x, .. new double[(16 - x.Count % 16) % 16]];
    }

    static readonly double[] Corners =
    [
        0.0, -0.0, 1, -1, 2, 8, 1000, 1e6, 0.5, -0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity,
        double.MaxValue, double.MinValue, double.Epsilon, -double.Epsilon, 2.2250738585072014e-308, 1e-310,
        float.MaxValue, -float.MaxValue, float.Epsilon, -float.Epsilon, 1.17549435e-38, 1e-40, -1e-40,
        88.7, 88.72283, 88.73, 89.4, 89.5, -87.33655, -103.9, -104.1, 709.78, 709.79, 710.4, 710.5, -708.4, -745.1, -745.2,
        Math.PI, Math.PI / 2, Math.PI / 4, 3 * Math.PI / 4, 355, 710, 1e5, 99999.5, 1e9, 1e10, 1e22,
        0.84375, 0.92, 1.25, 4, 6, 9.1, 10, 10.05, 26.5, 27.2, 27.3, 28, 0.34657359, 0.34657361, 1.0397207,
        Math.Sqrt(2), Math.Sqrt(0.5), 0.41421356, 2.41421356, 16777216, 16777217, 9007199254740992,
    ];
}
