using Adjoint.Kernels.Convolution;
using Adjoint.Kernels.Convolution.Winograd;
using Xunit;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Tests.Kernels;

/// <summary>Convolutions by minimal filtering against the definition's sums in double and in float.</summary>
[Collection(Alone.Name)]
public sealed unsafe class WinogradTests
{
    public enum Pass
    {
        Forward,
        InputGradient,
        WeightGradient,
    }

    const int Fence = 64;

    /// <summary>Images, groups, channels and filters of a group, height, width, padding: for kernels of 3×3; with kernels of 5×5 the image is larger by two.</summary>
    static readonly Geometry[] Shapes =
    [
        Of(4, 1, 16, 16, 12, 12, 1, 1),
        Of(3, 1, 17, 19, 13, 11, 1, 1),
        Of(5, 1, 37, 45, 9, 12, 0, 0),
        Of(9, 1, 33, 70, 7, 5, 2, 2),
        Of(4, 3, 18, 21, 11, 14, 1, 1),
        Of(3, 1, 131, 67, 12, 10, 2, 0),
        Of(6, 1, 96, 150, 9, 9, 0, 2),
        Of(2, 1, 20, 24, 3, 65, 1, 1),
        Of(5, 1, 64, 300, 8, 8, 1, 1),
        Of(17, 1, 280, 136, 4, 4, 1, 1),
        Of(26, 1, 16, 150, 4, 3, 1, 1),
        Of(17, 1, 530, 40, 4, 4, 1, 1),
    ];

    static readonly Scheme[] All = [Scheme.F2x3, Scheme.F4x3, Scheme.F4x5];

    public static TheoryData<int, Pass> Cases => [.. from i in Enumerable.Range(0, Shapes.Length * All.Length) from pass in Enum.GetValues<Pass>() select (i, pass)];

    static Geometry Of(long images, long groups, long channels, long filters, long height, long width, long padHeight, long padWidth, long kernel = 3) =>
        new(images, groups, channels, filters, WindowAxis.None, Axis(height, padHeight, kernel), Axis(width, padWidth, kernel));

    static WindowAxis Axis(long size, long pad, long kernel) => new(size, size + 2 * pad - kernel + 1, kernel, 1, pad, 1);

    static (Scheme Scheme, Geometry G) Case(int index)
    {
        (Scheme scheme, Geometry g) = (All[index / Shapes.Length], Shapes[index % Shapes.Length]);
        return (scheme, scheme != Scheme.F4x5 ? g : Of(g.Images, g.Groups, g.Channels, g.Filters, g.H.In + 2, g.W.In + 2, 2 * g.H.Before, 2 * g.W.Before, 5));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Errors_are_of_the_size_of_the_direct_sums_errors(int index, Pass pass)
    {
        (Scheme scheme, Geometry g) = Case(index);
        (float[] a, float[] b, float[] bias) = Inputs(g, pass, index);
        var exact = new double[OutputLength(g, pass)];
        fixed (double* a64 = Widened(a), b64 = Widened(b), bias64 = Widened(bias), y = exact) Directly(g, pass, a64, b64, bias64, y);
        var direct = new float[exact.Length];
        fixed (float* a32 = a, b32 = b, bias32 = bias, y = direct) Directly(g, pass, a32, b32, bias32, y);
        double rms = Math.Sqrt(exact.Average(v => v * v)), error = MostApart(Fenced(scheme, g, pass, a, b, bias), exact) / rms, measure = MostApart(direct, exact) / rms;
        TestContext.Current.SendDiagnosticMessage("{0} {1} {2}: {3:0.0e0} against {4:0.0e0}", scheme, index % Shapes.Length, pass, error, measure);
        Assert.True(error <= 4 * measure, $"{error} against {measure}");
    }

    [Theory, MemberData(nameof(Cases))]
    public void Any_number_of_threads_gives_the_same_bits(int index, Pass pass)
    {
        (Scheme scheme, Geometry g) = Case(index);
        (float[] a, float[] b, float[] bias) = Inputs(g, pass, index);
        int before = Parallel.Threads;
        try
        {
            var results = new float[3][];
            for (int i = 0; i < 3; i++)
            {
                Parallel.Threads = i + 1;
                results[i] = Fenced(scheme, g, pass, a, b, bias);
            }

            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally { Parallel.Threads = before; }
    }

    [Fact]
    public void The_scheme_with_the_least_work_is_taken()
    {
        Assert.Equal(Scheme.F4x3, Schemes.Of(Of(32, 1, 64, 64, 32, 32, 1, 1)));
        Assert.Equal(Scheme.F2x3, Schemes.Of(Of(32, 1, 64, 64, 4, 4, 1, 1)));
        Assert.Equal(Scheme.F4x5, Schemes.Of(Of(64, 1, 32, 64, 14, 14, 2, 2, 5)));
    }

    [Fact]
    public void Other_kernels_strides_and_small_sizes_are_left_to_the_direct_sums()
    {
        Geometry g = Of(4, 1, 16, 16, 12, 12, 1, 1);
        Assert.NotEqual(Scheme.None, Schemes.Of(g));
        Geometry[] others =
        [
            g with { Channels = 15 }, g with { Filters = 15 }, g with { Images = 1 },
            g with { H = g.H with { Stride = 2 } }, g with { W = g.W with { Dilation = 2 } }, g with { W = g.W with { Kernel = 1 } }, g with { W = g.W with { Kernel = 5 } }, g with { D = g.H },
            Of(64, 1, 16, 16, 3, 3, 1, 1), Of(64, 1, 16, 16, 12, 12, 3, 3, 7), Of(64, 1, 16, 16, 12, 12, 3, 3),
        ];
        Assert.All(others, other => Assert.Equal(Scheme.None, Schemes.Of(other)));
    }

    static (float[] A, float[] B, float[] Bias) Inputs(in Geometry g, Pass pass, int seed)
    {
        var random = new Random(seed);
        float[] x = Normal(g.Images * g.InImage), weight = Normal(g.Groups * g.Filters * g.Steps), dy = Normal(g.Images * g.OutImage), bias = Normal(g.Groups * g.Filters);
        return pass switch
        {
            Pass.Forward => (x, weight, bias),
            Pass.InputGradient => (dy, weight, bias),
            _ => (dy, x, bias),
        };

        float[] Normal(long length) => [.. Enumerable.Range(0, (int)length).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    static long OutputLength(in Geometry g, Pass pass) => pass switch
    {
        Pass.Forward => g.Images * g.OutImage,
        Pass.InputGradient => g.Images * g.InImage,
        _ => g.Groups * g.Filters * g.Steps,
    };

    /// <summary>The result of operands between NaNs, written between sentinels.</summary>
    static float[] Fenced(Scheme scheme, in Geometry g, Pass pass, float[] a, float[] b, float[] bias)
    {
        const float Sentinel = -987654321;
        float[] Surrounded(float[] values)
        {
            var all = new float[values.Length + 2 * Fence];
            Array.Fill(all, float.NaN);
            values.CopyTo(all, Fence);
            return all;
        }

        var y = new float[OutputLength(g, pass) + 2 * Fence];
        Array.Fill(y, Sentinel);
        fixed (float* pa = Surrounded(a), pb = Surrounded(b), pc = Surrounded(bias), py = y) Run(scheme, g, pass, pa + Fence, pb + Fence, pc + Fence, py + Fence);
        Assert.All(y[..Fence], v => Assert.Equal(Sentinel, v));
        Assert.All(y[^Fence..], v => Assert.Equal(Sentinel, v));
        return y[Fence..^Fence];
    }

    static double[] Widened(float[] values) => Array.ConvertAll(values, v => (double)v);

    static double MostApart(float[] values, double[] exact) => values.Zip(exact, (u, v) => Math.Abs(u - v)).Max();

    static void Directly<T>(in Geometry g, Pass pass, T* a, T* b, T* bias, T* y)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    {
        if (pass == Pass.Forward) DirectConvolution.Forward(g, a, b, bias, y);
        else if (pass == Pass.InputGradient) DirectConvolution.InputGradient(g, a, b, y);
        else DirectConvolution.WeightGradient(g, a, b, y);
    }

    static void Run(Scheme scheme, in Geometry g, Pass pass, float* a, float* b, float* bias, float* y)
    {
        if (pass == Pass.Forward) WinogradConvolution.Forward(scheme, g, a, b, bias, y);
        else if (pass == Pass.InputGradient) WinogradConvolution.InputGradient(scheme, g.Turned()!.Value, a, b, y);
        else WinogradConvolution.WeightGradient(scheme, g, a, b, y);
    }
}
