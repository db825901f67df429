using Adjoint.Kernels;
using Adjoint.Kernels.Formulas;
using Xunit;
using static Adjoint.Vocabulary;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Tests.Kernels;

/// <summary>Formulas run over memory: every type, length, layout, and both ways of running them.</summary>
[Collection(Alone.Name)]
public unsafe class ElementwiseTests
{
    static readonly Formula MultiplyAdd = Formula.Of((a, b, c) => a * b + c);

    static readonly DType[] Types = [DType.F64, DType.F32, DType.BF16, DType.F16, DType.I64, DType.I32, DType.U8, DType.Bool];

    public static TheoryData<string> AllFormulas => [.. Library.Keys];

    /// <summary>Every word on its own, and mixtures of them.</summary>
    static readonly Dictionary<string, Formula> Library = new(
        Functions.All.Where(f => f.Symbol is not ("<" or "<=" or "==" or "&&" or "||") && f.Name is not ("Not" or "Select"))
            .Select(f => KeyValuePair.Create(f.Name, new Formula(
                [Term.Of(f, [.. Enumerable.Range(0, f.Arity).Select(Term.Input)])], [.. "abc"[..f.Arity].Select(c => c.ToString())])))
            .Concat(FormulaTests.MixtureFormulas)
            .Concat(FormulaTests.MixtureFormulas.Select(p => KeyValuePair.Create(p.Key + " backward", p.Value.VjpAll().Formula))));

    static FencedArray Values(DType type, int count, int seed, int modulus = 8) => FencedArray.Of(type, count, i => (i * 7 + seed * 3 + i / 5) % modulus);

    /// <summary>Equal, both NaN included; an assertion of the framework costs too much for every element.</summary>
    static void Same(double expected, double actual)
    {
        if (!expected.Equals(actual) && expected != actual) Assert.Equal(expected, actual);
    }

    public static TheoryData<DType> ComputeTypes => [DType.F32, DType.F64, DType.I64];

    [Theory, MemberData(nameof(ComputeTypes))]
    public void Every_length_is_computed_and_nothing_beyond_it_written(DType compute)
    {
        foreach (int n in (int[])[.. Enumerable.Range(1, 140), 1000, 1023, 1024, 1025, 4099, 70_001])
        {
            using FencedArray a = Values(compute, n, 1), b = Values(compute, n, 2), c = Values(compute, n, 3), y = Values(compute, n, 4);
            Elementwise.Run(MultiplyAdd, compute, [a.Operand, b.Operand, c.Operand], [y.Operand]);
            for (int i = 0; i < n; i++) Same(a[i] * b[i] + c[i], y[i]);
            y.CheckFences();
        }
    }

    [Theory, MemberData(nameof(ComputeTypes))]
    public void Every_type_is_read_and_written(DType compute)
    {
        foreach (DType from in Types)
            foreach (DType to in Types)
                foreach (int n in (int[])[1, 5, 40, 1500])
                {
                    int modulus = from == DType.Bool || to == DType.Bool ? 2 : 8;
                    using FencedArray a = Values(from, n, 1, modulus), b = Values(to, n, 2, modulus), c = Values(compute, n, 3, modulus), y = Values(to, n, 0);
                    Elementwise.Run(MultiplyAdd, compute, [a.Operand, b.Operand, c.Operand], [y.Operand]);
                    for (int i = 0; i < n; i++)
                    {
                        double expected = a[i] * b[i] + c[i];
                        Same(to == DType.Bool ? Math.Min(expected, 1) : expected, y[i]);
                    }

                    y.CheckFences();
                }
    }

    [Fact]
    public void One_element_inputs_of_every_type_are_repeated()
    {
        foreach (DType type in Types)
            foreach (int n in (int[])[1, 3, 16, 50, 40_000])
            {
                using FencedArray a = Values(DType.F32, n, 1), b = Values(type, 1, 2, 2), c = Values(type, 1, 3, 2), y = Values(DType.F32, n, 4);
                Elementwise.Run(MultiplyAdd, DType.F32, [a.Operand, b.Operand, c.Operand], [y.Operand]);
                for (int i = 0; i < n; i++) Same(a[i] * b[0] + c[0], y[i]);
                y.CheckFences();
            }
    }

    [Theory, MemberData(nameof(ComputeTypes))]
    public void Every_layout_is_walked_right(DType compute)
    {
        var random = new Random(7);
        for (int trial = 0; trial < 150; trial++)
        {
            int rank = random.Next(0, 5);
            long[] shape = [.. Enumerable.Range(0, rank).Select(_ => (long)(random.Next(6) == 0 ? random.Next(60, 150) : random.Next(1, 6)))];
            DType Type() => random.Next(3) == 0 ? Types[random.Next(7)] : compute;
            using FencedArray a = FencedArray.Random(random, Broadcast(), Type()), b = FencedArray.Random(random, Broadcast(), Type());
            using FencedArray c = FencedArray.Random(random, Broadcast(), Type()), y = FencedArray.Random(random, shape, Type()), z = FencedArray.Random(random, shape, Type());
            double[] untouchedY = y.Everything(), untouchedZ = z.Everything();
            Formula f = Formula.Of((p, q, r) => new[] { p * q + r, p + q });
            Elementwise.Run(f, compute, [a.Operand, b.Operand, c.Operand], [y.Operand, z.Operand]);

            foreach (long[] index in Indices(shape))
            {
                Same(a.At(index) * b.At(index) + c.At(index), y.At(index));
                Same(a.At(index) + b.At(index), z.At(index));
                untouchedY[y.Position(index)] = y.At(index);
                untouchedZ[z.Position(index)] = z.At(index);
            }

            Assert.Equal(untouchedY, y.Everything());
            Assert.Equal(untouchedZ, z.Everything());

            // Some axes of length 1, and some leading axes left out.
            long[] Broadcast()
            {
                long[] own = [.. shape.Select(n => random.Next(4) == 0 ? 1 : n)];
                int skip = random.Next(3) == 0 ? random.Next(rank + 1) : 0;
                return own[skip..];
            }
        }
    }

    static IEnumerable<long[]> Indices(long[] shape)
    {
        long count = shape.Aggregate(1L, (a, b) => a * b);
        for (long n = 0; n < count; n++)
        {
            long rest = n;
            var index = new long[shape.Length];
            for (int d = shape.Length - 1; d >= 0; d--) (rest, index[d]) = Math.DivRem(rest, shape[d]);
            yield return index;
        }
    }

    [Theory, MemberData(nameof(AllFormulas))]
    public void Values_are_those_of_the_reference(string name)
    {
        Formula f = Library[name];
        Check(DType.F32, 4e-6);
        Check(DType.F64, 1e-13);

        void Check(DType type, double tolerance)
        {
            const int N = 203;
            FencedArray[] inputs = Inputs(f, type, N);
            FencedArray[] outputs = [.. Enumerable.Range(0, f.Outputs).Select(k => Values(type, N, k))];
            Elementwise.Run(f, type, [.. inputs.Select(a => a.Operand)], [.. outputs.Select(a => a.Operand)]);
            for (int i = 0; i < N; i++)
            {
                double[] expected = f.Evaluate([.. inputs.Select(a => a[i])]);
                for (int k = 0; k < expected.Length; k++)
                {
                    double actual = outputs[k][i], wanted = expected[k];
                    Assert.True(actual.Equals(wanted) || Math.Abs(actual - wanted) <= tolerance * (1 + Math.Abs(wanted)) || (type == DType.F32 && actual.Equals((double)(float)wanted)),
                        $"{f} at [{string.Join(", ", inputs.Select(a => a[i]))}] in {type} is {actual} instead of {wanted}");
                }
            }

            foreach (FencedArray a in (FencedArray[])[.. inputs, .. outputs]) a.Dispose();
        }
    }

    static FencedArray[] Inputs(Formula f, DType type, int count) =>
        [.. Enumerable.Range(0, f.Inputs).Select(k => FencedArray.Of(type, count, i => Math.Sin(1 + i * (0.37 + 0.21 * k)) * 3))];

    [Theory, MemberData(nameof(AllFormulas))]
    public void Interpreter_and_compiler_give_the_same_bits_at_every_place(string name)
    {
        Formula f = Library[name];
        foreach (DType type in (DType[])[DType.F32, DType.F64])
            foreach (uint scalars in (uint[])[0, f.Inputs > 1 ? 1u : 0, f.Inputs > 1 ? 2u : 0])
            {
                const int N = 700;
                FencedArray[] inputs = Inputs(f, type, N);
                byte[] compiled = Run(KernelCache.Make(f, type, scalars, past: false, compiled: true), 0, N);
                byte[] interpreted = Run(KernelCache.Make(f, type, scalars, past: false, compiled: false), 0, N);
                Assert.Equal(compiled, interpreted);
                Assert.Equal(compiled, Run(KernelCache.Make(f, type, scalars, past: false, compiled: true), 13, N));
                Assert.Equal(compiled, Run(KernelCache.Make(f, type, scalars, past: true, compiled: true), 64, N));
                foreach (FencedArray a in inputs) a.Dispose();

                // In two pieces, the border at any place.
                byte[] Run(Kernel kernel, int border, int n)
                {
                    FencedArray[] outputs = [.. Enumerable.Range(0, f.Outputs).Select(k => Values(type, n, k))];
                    void** pointers = stackalloc void*[f.Inputs + f.Outputs];
                    foreach ((int start, int length) in ((int, int)[])[(0, border), (border, n - border)])
                    {
                        for (int i = 0; i < f.Inputs + f.Outputs; i++)
                        {
                            FencedArray a = i < f.Inputs ? inputs[i] : outputs[i - f.Inputs];
                            pointers[i] = (byte*)a.Operand.Data + ((scalars >> i & 1) != 0 ? 0 : start * type.Bytes);
                        }

                        kernel.Run(pointers, length);
                    }

                    byte[] bytes = [.. outputs.SelectMany(o => o.Bytes())];
                    foreach (FencedArray o in outputs)
                    {
                        o.CheckFences();
                        o.Dispose();
                    }

                    return bytes;
                }
            }
    }

    [Fact]
    public void Without_dynamic_code_the_driver_interprets()
    {
        Formula f = Formula.Of((a, b) => a * b - 17);
        using FencedArray a = Values(DType.F32, 300, 1), b = Values(DType.BF16, 300, 2), y = Values(DType.F32, 300, 3);
        Formula.Interpreted = true;
        try { Elementwise.Run(f, DType.F32, [a.Operand, b.Operand], [y.Operand]); }
        finally { Formula.Interpreted = false; }
        for (int i = 0; i < 300; i++) Same(a[i] * b[i] - 17, y[i]);
    }

    [Fact]
    public void Outputs_may_be_the_memory_of_inputs()
    {
        Formula momentum = Formula.Of((w, m, g) => new[] { w - (4 * m + g), 4 * m + g });
        foreach (DType type in (DType[])[DType.F32, DType.F64, DType.BF16, DType.I64])
            foreach (bool compiled in (bool[])[true, false])
                foreach (int n in (int[])[1, 15, 16, 100, 3000])
                {
                    using FencedArray w = Values(type, n, 1), m = Values(type, n, 2, 4), g = Values(type, n, 3);
                    double[] w0 = w.Everything(), m0 = m.Everything();
                    Formula.Interpreted = !compiled;
                    try { Elementwise.Run(momentum, type.Compute, [w.Operand, m.Operand, g.Operand], [w.Operand, m.Operand]); }
                    finally { Formula.Interpreted = false; }
                    for (int i = 0; i < n; i++)
                    {
                        double moved = 4 * m0[m.Position([i])] + g[i];
                        Assert.Equal(moved, m[i]);
                        Assert.Equal(w0[w.Position([i])] - moved, w[i]);
                    }
                }
    }

    [Fact]
    public void Exchanging_in_place_exchanges()
    {
        Formula exchange = Formula.Of((a, b) => new[] { b, a });
        void** pointers = stackalloc void*[4];
        foreach (bool compiled in (bool[])[true, false])
        {
            using FencedArray a = Values(DType.F32, 100, 1), b = Values(DType.F32, 100, 2);
            double[] a0 = [.. Enumerable.Range(0, 100).Select(i => a[i])], b0 = [.. Enumerable.Range(0, 100).Select(i => b[i])];
            pointers[0] = pointers[2] = a.Operand.Data;
            pointers[1] = pointers[3] = b.Operand.Data;
            KernelCache.Make(exchange, DType.F32, 0, past: false, compiled).Run(pointers, 100);
            for (int i = 0; i < 100; i++) Assert.Equal((b0[i], a0[i]), (a[i], b[i]));
        }
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        const int N = 200_003;
        Formula f = Formula.Of((x, s) => x * Sigmoid(x) + s);
        int before = Parallel.Threads;
        try
        {
            byte[]? first = null;
            foreach (int threads in (int[])[1, 2, 4])
            {
                Parallel.Threads = threads;
                using FencedArray x = FencedArray.Of(DType.F32, N, i => Math.Sin(i)), s = FencedArray.Of(DType.F32, 1, _ => 0.3), y = Values(DType.F32, N, 0);
                Elementwise.Run(f, DType.F32, [x.Operand, s.Operand], [y.Operand]);
                first ??= y.Bytes();
                Assert.Equal(first, y.Bytes());
            }
        }
        finally { Parallel.Threads = before; }
    }

    [Fact]
    public void Nothing_is_allocated_once_a_formula_is_known()
    {
        using FencedArray a = Values(DType.F32, 100_000, 1), b = Values(DType.BF16, 100_000, 2), s = Values(DType.F32, 1, 3), y = Values(DType.F32, 100_000, 4);
        Operand row = a.Operand with { Shape = [250], Strides = [1] }, turned = a.Operand with { Shape = [400, 250], Strides = [1, 400] };
        Operand grid = y.Operand with { Shape = [400, 250], Strides = [250, 1] }, narrow = a.Operand with { Shape = [50_000, 2], Strides = [1, 3] };
        Operand pairs = y.Operand with { Shape = [50_000, 2], Strides = [2, 1] };
        Operand[][] inputs = [[a.Operand, a.Operand, s.Operand], [a.Operand, b.Operand, s.Operand], [row, turned, s.Operand], [narrow, narrow, s.Operand]];
        Operand[][] outputs = [[y.Operand], [y.Operand], [grid], [pairs]];
        narrow.Strides[1] = 0;
        foreach ((Operand[] from, Operand[] to) in inputs.Zip(outputs)) Assert.Equal(0, Allocations.Of(() => Elementwise.Run(MultiplyAdd, DType.F32, from, to)));
    }

    [Fact]
    public void Halves_widen_exactly_and_narrow_to_nearest_even()
    {
        const int N = 1 << 16;
        Formula same = Formula.Of(x => x);
        using FencedArray half = FencedArray.Of(DType.F16, N, _ => 0), brain = FencedArray.Of(DType.BF16, N, _ => 0), wide = FencedArray.Of(DType.F32, N, _ => 0);
        for (int i = 0; i < N; i++) ((ushort*)half.Operand.Data)[i] = ((ushort*)brain.Operand.Data)[i] = (ushort)i;
        Elementwise.Run(same, DType.F32, [half.Operand], [wide.Operand]);
        for (int i = 0; i < N; i++) Same((double)((Half*)half.Operand.Data)[i], wide[i]);
        Elementwise.Run(same, DType.F32, [brain.Operand], [wide.Operand]);
        for (int i = 0; i < N; i++) Same((double)(float)((BFloat16*)brain.Operand.Data)[i], wide[i]);

        // All exponents, with fractions at, just below and just above the middle between two halves.
        var random = new Random(3);
        uint[] middles = [0x0FFF, 0x1000, 0x1001, 0x3000, 0x7FFF, 0x8000, 0x8001, 0x18000];
        for (int i = 0; i < N; i++)
            ((uint*)wide.Operand.Data)[i] = i % 3 == 0 ? (uint)random.NextInt64(1L << 32)
                : i % 3 == 1 ? (uint)i << 16 | middles[random.Next(5)] : BitConverter.SingleToUInt32Bits((float)Math.ScaleB(random.NextDouble() - 0.5, random.Next(-30, 20)));
        Elementwise.Run(same, DType.F32, [wide.Operand], [half.Operand]);
        Elementwise.Run(same, DType.F32, [wide.Operand], [brain.Operand]);
        for (int i = 0; i < N; i++)
        {
            float x = ((float*)wide.Operand.Data)[i];
            Same((double)(Half)x, half[i]);
            Same((double)(float)(BFloat16)x, brain[i]);
        }
    }

    [Fact]
    public void Integers_are_cut_off_and_saturate()
    {
        double[] from = [2.9, -2.9, 1e30, -1e30, double.NaN, double.PositiveInfinity, 300, -5, 0.5, 0];
        using FencedArray x = FencedArray.Of(DType.F64, from.Length, i => from[i]);
        Check(DType.I64, [2, -2, long.MaxValue, long.MinValue, 0, long.MaxValue, 300, -5, 0, 0]);
        Check(DType.I32, [2, -2, int.MaxValue, int.MinValue, 0, int.MaxValue, 300, -5, 0, 0]);
        Check(DType.U8, [2, 0, 255, 0, 0, 255, 255, 0, 0, 0]);
        Check(DType.Bool, [1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);

        void Check(DType type, double[] expected)
        {
            using FencedArray y = Values(type, expected.Length, 0);
            Elementwise.Run(Formula.Of(v => v), DType.F64, [x.Operand], [y.Operand]);
            Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(i => y[i]));
        }
    }

    [Fact]
    public void Integers_beyond_doubles_stay_exact()
    {
        using FencedArray a = Values(DType.I64, 21, 1), y = Values(DType.I64, 21, 2);
        for (int i = 0; i < 21; i++) ((long*)a.Operand.Data)[i] = (1L << 60) + i - 10;
        Formula f = Formula.Of(x => Math.Max(-x, x) + Math.Sign(x) + Math.Floor(x) - Math.Abs(x) + (x > 5 ? Math.Clamp(x, 0, 9) : 1));
        Elementwise.Run(f, DType.I64, [a.Operand], [y.Operand]);
        for (int i = 0; i < 21; i++) Assert.Equal((1L << 60) + i - 10 + 1 + 9, ((long*)y.Operand.Data)[i]);
    }

    [Fact]
    public void What_integers_cannot_do_is_told()
    {
        using FencedArray a = Values(DType.I64, 3, 1), y = Values(DType.I64, 3, 2);
        Assert.Equal("formula: integers can be added, multiplied and compared, but the formula uses Exp. Convert to a floating-point type first.",
            Assert.Throws<DTypeException>(() => Elementwise.Run(Formula.Of(x => Math.Exp(x)), DType.I64, [a.Operand], [y.Operand])).Message);
        Assert.Equal("formula: on integers constants must be integers, but the formula has 0.5. Convert to a floating-point type first.",
            Assert.Throws<DTypeException>(() => Elementwise.Run(Formula.Of(x => 0.5 * x), DType.I64, [a.Operand], [y.Operand])).Message);
        Assert.Equal("formula: values are computed as F64, F32 or I64, but BF16 was asked for.",
            Assert.Throws<DTypeException>(() => Elementwise.Run(Formula.Of(x => 0.5 * x), DType.BF16, [a.Operand], [y.Operand])).Message);
    }
}
