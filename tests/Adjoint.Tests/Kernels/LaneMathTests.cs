using Adjoint.Kernels.Lanes;
using Xunit;

namespace Adjoint.Tests.Kernels;

public class LaneMathTests
{
    static readonly float[] Floats = LaneFunction.Floats(step: 64_007);
    static readonly double[] Doubles = LaneFunction.Doubles(count: 5_000);

    public static TheoryData<string> Names => [.. LaneFunction.All.Select(f => f.Name)];

    static LaneFunction Function(string name) => LaneFunction.All.Single(f => f.Name == name);

    [Theory, MemberData(nameof(Names))]
    public void Float_lanes_are_within_their_error_of_the_meaning(string name)
    {
        LaneFunction function = Function(name);
        float[] y = LaneFunction.Run<Wide128<float>, float>(name, Floats);
        for (int i = 0; i < y.Length; i++)
        {
            double expected = function.Meaning(Floats[i]);
            double error = LaneFunction.Error(y[i], expected);
            if (!(error <= function.FloatUlp || Math.Abs(y[i] - expected) <= function.FloatFloor)) Assert.Fail($"{name}({Floats[i]:R}) = {y[i]:R}, not {expected:R}: {error:F2} ulp");
            AssertSameZero(y[i], expected);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Double_lanes_are_within_their_error_of_the_meaning(string name)
    {
        LaneFunction function = Function(name);
        double[] y = LaneFunction.Run<Wide128<double>, double>(name, Doubles);
        for (int i = 0; i < y.Length; i++)
        {
            double expected = function.Meaning(Doubles[i]);
            long distance = LaneFunction.Distance(y[i], expected);
            if (distance > function.DoubleUlp && !(Math.Abs(y[i] - expected) <= function.DoubleFloor)) Assert.Fail($"{name}({Doubles[i]:R}) = {y[i]:R}, not {expected:R}: {distance} ulp");
            AssertSameZero(y[i], expected);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_width_gives_the_same_float_bits(string name)
    {
        float[] one = LaneFunction.Run<Lane<float>, float>(name, Floats);
        AssertSame(name, Floats, one, LaneFunction.Run<Wide128<float>, float>(name, Floats));
        AssertSame(name, Floats, one, LaneFunction.Run<Wide256<float>, float>(name, Floats));
        AssertSame(name, Floats, one, LaneFunction.Run<Wide512<float>, float>(name, Floats));
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_width_gives_the_same_double_bits(string name)
    {
        double[] one = LaneFunction.Run<Lane<double>, double>(name, Doubles);
        AssertSame(name, Doubles, one, LaneFunction.Run<Wide128<double>, double>(name, Doubles));
        AssertSame(name, Doubles, one, LaneFunction.Run<Wide256<double>, double>(name, Doubles));
        AssertSame(name, Doubles, one, LaneFunction.Run<Wide512<double>, double>(name, Doubles));
    }

    [Theory]
    [InlineData(2, 10), InlineData(-2, 3), InlineData(-2, 0.5), InlineData(0, -1), InlineData(-0.0, -3), InlineData(1, double.NaN)]
    [InlineData(double.NaN, 0), InlineData(-1, double.PositiveInfinity), InlineData(double.NegativeInfinity, 3), InlineData(0.3, -7.25)]
    public void Powers_and_angles_of_two_arguments_are_those_of_Math(double x, double y)
    {
        Assert.Equal(Math.Pow(x, y), LaneMath.Pow<Lane<double>, double>(x, y).Value);
        Assert.Equal(Math.Atan2(x, y), LaneMath.Atan2<Lane<double>, double>(x, y).Value);
        Assert.Equal((float)Math.Pow((float)x, (float)y), LaneMath.Pow<Lane<float>, float>((float)x, (float)y).Value);
        Assert.Equal((float)Math.Atan2((float)x, (float)y), LaneMath.Atan2<Lane<float>, float>((float)x, (float)y).Value);
    }

    // Computed with 60 decimal digits.
    [Theory]
    [InlineData("erf", 1e-09, 1.1283791670955127e-09)]
    [InlineData("erf", 0.25, 0.27632639016823696)]
    [InlineData("erf", 0.8, 0.7421009647076605)]
    [InlineData("erf", -1.1, -0.8802050695740817)]
    [InlineData("erf", 2, 0.9953222650189527)]
    [InlineData("erf", 5.5, 0.9999999999999927)]
    [InlineData("erfc", -3, 1.9999779095030015)]
    [InlineData("erfc", -0.5, 1.5204998778130465)]
    [InlineData("erfc", 0.3, 0.6713732405408726)]
    [InlineData("erfc", 1, 0.15729920705028513)]
    [InlineData("erfc", 2, 0.004677734981047266)]
    [InlineData("erfc", 3, 2.209049699858544e-05)]
    [InlineData("erfc", 10, 2.088487583762545e-45)]
    [InlineData("erfc", 26, 5.663192408856143e-296)]
    [InlineData("expm1", 1e-12, 1.0000000000005e-12)]
    [InlineData("expm1", -0.3, -0.2591817793182821)]
    [InlineData("expm1", 0.5, 0.6487212707001282)]
    [InlineData("expm1", -1, -0.6321205588285577)]
    [InlineData("expm1", 2, 6.38905609893065)]
    [InlineData("expm1", 30, 10686474581523.463)]
    [InlineData("expm1", -20, -0.9999999979388464)]
    [InlineData("log1p", 1e-13, 9.9999999999995e-14)]
    [InlineData("log1p", -0.4, -0.5108256237659907)]
    [InlineData("log1p", 0.3, 0.26236426446749106)]
    [InlineData("log1p", 0.75, 0.5596157879354227)]
    [InlineData("log1p", 10, 2.3978952727983707)]
    [InlineData("log1p", 1000000000000000.0, 34.538776394910684)]
    [InlineData("sigmoid", -700, 9.85967654375977e-305)]
    [InlineData("sigmoid", -30, 9.357622968839299e-14)]
    [InlineData("sigmoid", -1, 0.2689414213699951)]
    [InlineData("sigmoid", 0.2, 0.549833997312478)]
    [InlineData("sigmoid", 3, 0.9525741268224333)]
    [InlineData("softplus", -700, 9.85967654375977e-305)]
    [InlineData("softplus", -2, 0.1269280110429725)]
    [InlineData("softplus", 0.1, 0.7443966600735709)]
    [InlineData("softplus", 5, 5.006715348489118)]
    [InlineData("logsigmoid", -40, -40.0)]
    [InlineData("logsigmoid", -0.5, -0.9740769841801067)]
    [InlineData("logsigmoid", 3, -0.04858735157374206)]
    [InlineData("logsigmoid", 100, -3.720075976020836e-44)]
    public void The_vocabulary_agrees_with_sixty_digits(string name, double x, double expected)
    {
        double actual = Function(name).Meaning(x);
        Assert.True(LaneFunction.Distance(actual, expected) <= 1, $"{name}({x:R}) = {actual:R}, not {expected:R}");
    }

    static void AssertSameZero(double actual, double expected)
    {
        if (actual == 0 && expected == 0)
        {
            Assert.Equal(double.IsNegative(expected), double.IsNegative(actual));
        }
    }

    static void AssertSame(string name, float[] x, float[] expected, float[] actual)
    {
        for (int i = 0; i < x.Length; i++)
        {
            bool same = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])
                || (float.IsNaN(expected[i]) && float.IsNaN(actual[i]));
            if (!same) Assert.Fail($"{name}({x[i]:R}) = {expected[i]:R} alone and {actual[i]:R} in a vector");
        }
    }

    static void AssertSame(string name, double[] x, double[] expected, double[] actual)
    {
        for (int i = 0; i < x.Length; i++)
        {
            bool same = BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(actual[i])
                || (double.IsNaN(expected[i]) && double.IsNaN(actual[i]));
            if (!same) Assert.Fail($"{name}({x[i]:R}) = {expected[i]:R} alone and {actual[i]:R} in a vector");
        }
    }
}
