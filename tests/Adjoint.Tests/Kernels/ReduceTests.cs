using Adjoint.Kernels;
using Adjoint.Kernels.Reduction;
using Xunit;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Tests.Kernels;

[Collection(Alone.Name)]
public unsafe class ReduceTests
{
    static readonly long[][] Shapes = [[1], [17], [5000], [3, 5], [7, 33], [33, 7], [300, 5], [2, 3, 4], [3, 17, 19], [130, 2, 9], [2, 1, 3, 40], [4, 3, 5, 6], [1, 600], [600, 1], [0, 4], [4, 0]];

    delegate void Kernel(Operand x, Operand y);

    static readonly (string Name, Kernel Run, Func<double, double, double> Fold, double Start)[] Kernels =
    [
        ("sum", (x, y) => Reduce.Sum(x, y), (a, b) => a + b, 0),
        ("product", Reduce.Product, (a, b) => a * b, 1),
        ("max", Reduce.Max, Math.Max, double.NegativeInfinity),
        ("min", Reduce.Min, Math.Min, double.PositiveInfinity),
        ("sum of squares", Reduce.SumOfSquares, (a, b) => a + (b * b), 0),
        ("sum of magnitudes", Reduce.SumOfMagnitudes, (a, b) => a + Math.Abs(b), 0),
        ("max magnitude", Reduce.MaxMagnitude, (a, b) => Math.Max(a, Math.Abs(b)), double.NegativeInfinity),
        ("min magnitude", Reduce.MinMagnitude, (a, b) => Math.Min(a, Math.Abs(b)), double.PositiveInfinity),
    ];

    [Theory]
    [InlineData(DType.F64, 1e-12)]
    [InlineData(DType.F32, 3e-6)]
    [InlineData(DType.BF16, 1e-2)]
    [InlineData(DType.F16, 2e-3)]
    [InlineData(DType.I64, 0)]
    [InlineData(DType.I32, 0)]
    public void Agrees_with_a_plain_loop_over_every_choice_of_axes_and_order_in_memory(DType type, double tolerance)
    {
        foreach (long[] shape in Shapes)
        {
            for (int mask = 0; mask < 1 << shape.Length; mask++)
            {
                foreach (Layout layout in Enum.GetValues<Layout>())
                {
                    foreach (var kernel in Kernels)
                    {
                        if (!type.IsFloat && kernel.Name.Contains(' ')) continue;    // squares and magnitudes are for floating-point numbers
                        Check(type, tolerance, shape, mask, layout, kernel.Name, kernel.Run, kernel.Fold, kernel.Start);
                    }
                }
            }
        }
    }

    public enum Layout
    {
        InOrder,
        Reversed,
        EverySecond,
    }

    static void Check(DType type, double tolerance, long[] shape, int mask, Layout layout, string name, Kernel kernel, Func<double, double, double> fold, double start)
    {
        using var x = new Memory(type, shape, layout);
        long[] kept = [.. shape.Select((size, axis) => (mask >> axis & 1) != 0 ? 1 : size)];
        bool empty = shape.Contains(0);
        if (empty && !type.IsFloat && double.IsInfinity(start)) return;
        using var y = new Memory(!type.IsFloat && double.IsFinite(start) ? DType.I64 : type, kept, Layout.InOrder);
        var expected = new double[y.Count];
        Array.Fill(expected, start);
        x.Each((index, at) =>
        {
            long to = 0;
            for (int i = 0; i < shape.Length; i++) to = (to * kept[i]) + (kept[i] == 1 ? 0 : index[i]);
            expected[to] = fold(expected[to], x[at]);
        });
        kernel(x.Operand, y.Operand);
        y.Each((_, at) =>
        {
            double actual = y[at], wanted = expected[at];
            bool near = actual.Equals(wanted) || Math.Abs(actual - wanted) <= tolerance * Math.Max(1, Math.Abs(wanted)) * (name.StartsWith("sum", StringComparison.Ordinal) ? Math.Sqrt(x.Count + 1) : 1);
            Assert.True(near, $"{name} {type} [{string.Join(", ", shape)}] axes {mask:b} {layout}: {actual} at {at} instead of {wanted}");
        });
    }

    [Fact]
    public void One_and_four_threads_give_the_same_bits()
    {
        long[][] shapes = [[300_000], [7, 50_021], [50_021, 7], [3000, 128], [16, 3, 40, 41], [5, 40, 700]];
        int before = Parallel.Threads;
        try
        {
            foreach (long[] shape in shapes)
            {
                for (int mask = 1; mask < 1 << shape.Length; mask++)
                {
                    using var x = new Memory(DType.F32, shape, Layout.InOrder);
                    long[] kept = [.. shape.Select((size, axis) => (mask >> axis & 1) != 0 ? 1 : size)];
                    var runs = new List<float[]>();
                    foreach (int threads in new[] { 1, 2, 4 })
                    {
                        Parallel.Threads = threads;
                        using var y = new Memory(DType.F32, kept, Layout.InOrder);
                        Reduce.Sum(x.Operand, y.Operand);
                        runs.Add(new ReadOnlySpan<float>(y.Operand.Data, (int)y.Count).ToArray());
                    }

                    Assert.Equal(runs[0].Select(BitConverter.SingleToInt32Bits), runs[1].Select(BitConverter.SingleToInt32Bits));
                    Assert.Equal(runs[0].Select(BitConverter.SingleToInt32Bits), runs[2].Select(BitConverter.SingleToInt32Bits));
                }
            }
        }
        finally { Parallel.Threads = before; }
    }

    [Theory]
    [InlineData(1, 10_000_000)]
    [InlineData(10_000_000, 1)]
    [InlineData(2_500_000, 4)]
    public void Ten_million_floats_add_up_to_seven_digits(long rows, long columns)
    {
        using var x = new Memory(DType.F32, [rows, columns], Layout.InOrder);
        float* data = (float*)x.Operand.Data;
        var exact = new double[columns];
        for (long i = 0; i < rows * columns; i++)
        {
            data[i] = 1 + ((float)((i * 2654435761L) & 0xFFFF) / 0x40000);
            exact[i % columns] += data[i];
        }

        if (rows == 1)
        {
            using var all = new Memory(DType.F32, [1, 1], Layout.InOrder);
            Reduce.Sum(x.Operand, all.Operand);
            double total = exact.Sum();
            Assert.InRange(all[0], total * (1 - 3e-7), total * (1 + 3e-7));
            return;
        }

        using var y = new Memory(DType.F32, [1, columns], Layout.InOrder);
        Reduce.Sum(x.Operand, y.Operand);
        for (long c = 0; c < columns; c++) Assert.InRange(y[c], exact[c] * (1 - 3e-7), exact[c] * (1 + 3e-7));
    }

    [Fact]
    public void Nan_wins_in_max_and_min()
    {
        foreach (long[] shape in new long[][] { [100], [1, 100], [100, 3] })
        {
            using var x = new Memory(DType.F32, shape, Layout.InOrder);
            ((float*)x.Operand.Data)[x.Count / 2] = float.NaN;
            using var y = new Memory(DType.F32, [.. shape.Select(_ => 1L)], Layout.InOrder);
            Reduce.Max(x.Operand, y.Operand);
            Assert.True(double.IsNaN(y[0]));
            Reduce.Min(x.Operand, y.Operand);
            Assert.True(double.IsNaN(y[0]));
        }
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using var x = new Memory(DType.F32, [3000, 128], Layout.InOrder);
        using var y = new Memory(DType.F32, [1, 128], Layout.InOrder);
        Operand from = x.Operand, to = y.Operand;
        Assert.Equal(0, Allocations.Of(() => Reduce.Sum(from, to)));
    }

    /// <summary>Numbers of one type with strides, filled with small values that vary.</summary>
    sealed class Memory : IDisposable
    {
        readonly byte[] _bytes;
        readonly System.Runtime.InteropServices.GCHandle _pin;

        public Memory(DType type, long[] shape, Layout layout)
        {
            long[] strides = new long[shape.Length];
            long step = layout == Layout.EverySecond ? 2 : 1;
            for (int k = 0; k < shape.Length; k++)
            {
                int axis = layout == Layout.Reversed ? k : shape.Length - 1 - k;
                strides[axis] = step;
                step *= Math.Max(shape[axis], 1);
            }

            Count = shape.Aggregate(1L, (a, b) => a * b);
            _bytes = new byte[Math.Max(step, 1) * type.Bytes];
            _pin = System.Runtime.InteropServices.GCHandle.Alloc(_bytes, System.Runtime.InteropServices.GCHandleType.Pinned);
            Operand = new() { Data = (void*)_pin.AddrOfPinnedObject(), DType = type, Shape = shape, Strides = strides };
            for (long i = 0; i < _bytes.LongLength / type.Bytes; i++) Set(i, type.IsFloat ? ((i * 37 % 101) - 50) / 40.0 : (i * 37 % 7) - 3);
        }

        public Operand Operand { get; }

        public long Count { get; }

        public double this[long at] => Operand.DType switch
        {
            DType.F64 => ((double*)Operand.Data)[at],
            DType.F32 => ((float*)Operand.Data)[at],
            DType.BF16 => ((BFloat16*)Operand.Data)[at],
            DType.F16 => (double)((Half*)Operand.Data)[at],
            DType.I64 => ((long*)Operand.Data)[at],
            _ => ((int*)Operand.Data)[at],
        };

        void Set(long at, double value)
        {
            switch (Operand.DType)
            {
                case DType.F64: ((double*)Operand.Data)[at] = value; break;
                case DType.F32: ((float*)Operand.Data)[at] = (float)value; break;
                case DType.BF16: ((BFloat16*)Operand.Data)[at] = (BFloat16)(float)value; break;
                case DType.F16: ((Half*)Operand.Data)[at] = (Half)value; break;
                case DType.I64: ((long*)Operand.Data)[at] = (long)value; break;
                default: ((int*)Operand.Data)[at] = (int)value; break;
            }
        }

        public void Each(Action<long[], long> visit)
        {
            foreach (long[] index in Plain.Indices(Shape.Create(Operand.Shape)))
            {
                long at = 0;
                for (int i = 0; i < index.Length; i++) at += index[i] * Operand.Strides[i];
                visit(index, at);
            }
        }

        public void Dispose() => _pin.Free();
    }
}
