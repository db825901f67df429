using Adjoint.Ops;
using Xunit;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Tests.Ops;

/// <summary>Convolution over many shapes: small ones at random, and those that need several tiles, blocks of steps and strips of filters.</summary>
[Collection(Alone.Name)]
public class ConvolutionTests
{
    sealed record Case(Shape X, Shape Weight, Window Window, long Groups)
    {
        public Op[] Ops =>
        [
            new Convolution(Window, Groups),
            new ConvolutionInputGradient(Window, Groups, Shape.Create(X.Skip(2).ToArray())),
            new ConvolutionWeightGradient(Window, Groups, Shape.Create(Weight.Skip(2).ToArray())),
        ];

        public Tensor[][] Inputs(Generator random, DType dtype)
        {
            Tensor x = random.Normal(X, dtype: dtype), weight = random.Normal(Weight, dtype: dtype), bias = random.Normal([Weight[0]], dtype: dtype);
            Tensor dy = random.Normal(Result, dtype: dtype);
            return [[x, weight, bias], [dy, weight], [dy, x]];
        }

        public Shape Result => Shape.Create([X[0], Weight[0], .. Enumerable.Range(0, Window.Rank).Select(i => Window.Outputs(i, X[i + 2], Weight[i + 2]))]);
    }

    static readonly Case[] Large =
    [
        new([2, 33, 19, 17], [40, 33, 3, 3], new([1, 1], [1, 1], [1, 1]), 1),
        new([7, 30, 5, 6], [13, 30, 3, 3], new([1, 1], [1, 1], [1, 1]), 1),
        new([3, 30, 21, 19], [35, 30, 3, 3], new([2, 2], [1, 1], [1, 1]), 1),
        new([9, 20, 6, 7], [37, 20, 3, 2], new([2, 3], [1, 1], [1, 1]), 1),
        new([2, 300, 5, 5], [30, 300, 1, 1], new([1, 1], [0, 0], [1, 1]), 1),
        new([1, 2, 40, 40], [14, 1, 17, 16], new([1, 1], [3, 3], [1, 1]), 2),
        new([3, 6, 33, 35], [6, 1, 3, 3], new([1, 1], [1, 1], [1, 1]), 6),
        new([3, 6, 33, 35], [6, 1, 5, 3], new([2, 3], [4, 3], [2, 1]), 6),
        new([2, 1, 700], [3, 1, 5], new([1], [2], [1]), 1),
        new([1, 3, 6, 12, 11], [5, 3, 3, 3, 2], new([1, 1, 1], [1, 0, 1], [1, 2, 1]), 1),
    ];

    public static TheoryData<int> LargeCases => [.. Enumerable.Range(0, Large.Length)];

    [Fact]
    public void Small_shapes_agree_with_the_reference()
    {
        var random = new Generator(7);
        for (int i = 0; i < 150; i++) Check(Small(random), random, i);
    }

    [Theory, MemberData(nameof(LargeCases))]
    public void Shapes_of_several_tiles_agree_with_the_reference(int index) => Check(Large[index], new Generator(8), index);

    [Theory, MemberData(nameof(LargeCases))]
    public void Any_number_of_threads_gives_the_same_bits(int index)
    {
        Case c = Large[index];
        Tensor[][] inputs = c.Inputs(new Generator(9), DType.F32);
        int before = Parallel.Threads;
        try
        {
            for (int op = 0; op < 3; op++)
            {
                float[][] results = new float[3][];
                for (int i = 0; i < 3; i++)
                {
                    Parallel.Threads = 1 << i;
                    results[i] = c.Ops[op].Apply(inputs[op]).ToArray<float>();
                }

                Assert.Equal(results[0], results[1]);
                Assert.Equal(results[0], results[2]);
            }
        }
        finally { Parallel.Threads = before; }
    }

    static void Check(Case c, Generator random, int number)
    {
        foreach (DType dtype in new[] { DType.F64, DType.F32 })
        {
            Tensor[][] inputs = c.Inputs(random, dtype);
            for (int op = 0; op < 3; op++)
            {
                Plain[] expected = c.Ops[op].Reference([.. inputs[op].Select(Plain.From)]);
                double error = OperationCheck.Error(c.Ops[op].ApplyAll(inputs[op]), expected);
                Assert.True(error <= (dtype == DType.F64 ? 1e-12 : 1e-5), $"case {number}, {dtype}, {c.Ops[op]} on {c.X} with {c.Weight}: {error}");
            }
        }
    }

    static Case Small(Generator random)
    {
        while (true)
        {
            int rank = (int)random.NextInteger(3) + 1;
            long groups = random.NextInteger(3) + 1, most = rank == 3 ? 4 : 9;
            Shape Sizes(long low, long high) => Shape.Create([.. Enumerable.Range(0, rank).Select(_ => low + random.NextInteger(high - low + 1))]);
            var c = new Case(
                Shape.Create([random.NextInteger(3) + 1, groups * (random.NextInteger(3) + 1), .. Sizes(1, most)]), [0],
                new(Sizes(1, 3), Sizes(0, 3), Sizes(1, 3)), groups);
            c = c with { Weight = Shape.Create([groups * (random.NextInteger(4) + 1), c.X[1] / groups, .. Sizes(1, 4)]) };
            if (Enumerable.Range(0, rank).All(i => c.Window.Outputs(i, c.X[i + 2], c.Weight[i + 2]) > 0)) return c;
        }
    }
}
