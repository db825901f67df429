using System.Numerics;
using Adjoint.Kernels.Gemm;
using Xunit;

namespace Adjoint.Tests.Kernels;

/// <summary>One product with everything around it poisoned: NaN between and around the operands' elements, sentinels around C's.</summary>
internal sealed unsafe class GemmCase<TIn, T>
    where TIn : unmanaged
    where T : unmanaged, IFloatingPointIeee754<T>
{
    const int Margin = 64;
    static readonly T Sentinel = T.CreateChecked(-987654321);

    readonly long _m, _n, _k, _batch, _ldc, _aStep, _bStep, _cStep;
    readonly Operand _a, _b;
    readonly T[] _before;

    public T[] C { get; }

    public bool Accumulate { get; init; }

    public double Tolerance { get; init; } = typeof(T) == typeof(double) ? 1e-13 : 2e-6;

    public GemmCase(long m, long n, long k, bool aTransposed = false, bool bTransposed = false, int spacing = 1, int pad = 0, bool cNaN = true,
        long batch = 1, bool shareA = false, bool shareB = false)
    {
        (_m, _n, _k, _batch) = (m, n, k, batch);
        _ldc = n + pad;
        _a = new(m, k, aTransposed, spacing, pad, shareA ? 1 : batch, seed: 17);
        _b = new(k, n, bTransposed, spacing, pad, shareB ? 1 : batch, seed: 29);
        _aStep = shareA ? 0 : _a.Step;
        _bStep = shareB ? 0 : _b.Step;
        _cStep = m * _ldc;
        C = new T[2 * Margin + batch * _cStep];
        Array.Fill(C, Sentinel);
        for (long at = 0; at < batch * _cStep; at++)
            if (at % _ldc < n) C[Margin + at] = cNaN ? T.NaN : T.CreateChecked((at * 7 % 13) - 6);
        _before = (T[])C.Clone();
    }

    /// <param name="call">Receives the pointers to call the product with.</param>
    public GemmCase<TIn, T> Run(Product call)
    {
        fixed (TIn* a = _a.Data)
        fixed (TIn* b = _b.Data)
        fixed (T* c = C)
            call(_batch, _m, _n, _k, _a.At(a), _aStep, _b.At(b), _bStep, c + Margin, _ldc, _cStep, Accumulate);
        return this;
    }

    public void Check()
    {
        for (long at = 0; at < C.Length; at++)
        {
            long inside = at - Margin;
            if (inside < 0 || inside >= _batch * _cStep || inside % _ldc >= _n)
            {
                if (C[at] != Sentinel) Assert.Fail($"{this}: wrote outside C at {inside}");
                continue;
            }
            long item = inside / _cStep, row = inside % _cStep / _ldc, column = inside % _ldc;
            double sum = 0, size = 0;
            for (long p = 0; p < _k; p++)
            {
                double term = _a.Value(_aStep == 0 ? 0 : item, row, p) * _b.Value(_bStep == 0 ? 0 : item, p, column);
                sum += term;
                size += Math.Abs(term);
            }
            if (Accumulate) (sum, size) = (sum + double.CreateChecked(_before[at]), size + Math.Abs(double.CreateChecked(_before[at])));
            double error = Math.Abs(double.CreateChecked(C[at]) - sum);
            if (!(error <= Tolerance * size)) Assert.Fail($"{this}: C[{item},{row},{column}] is {C[at]}, expected {sum}");
        }
    }

    public override string ToString() => $"{typeof(TIn).Name} {_batch}×[{_m},{_k}]·[{_k},{_n}] a({_a}) b({_b}) ldc {_ldc}";

    public delegate void Product(long batch, long m, long n, long k, Matrix<T> a, long aStep, Matrix<T> b, long bStep, T* c, long ldc, long cStep, bool accumulate);

    sealed class Operand
    {
        readonly long _rowStride, _columnStride;
        readonly double[] _values;

        public Operand(long rows, long columns, bool transposed, int spacing, int pad, long count, int seed)
        {
            _rowStride = transposed ? spacing : columns * spacing + pad;
            _columnStride = transposed ? rows * spacing + pad : spacing;
            Step = transposed ? columns * _columnStride : rows * _rowStride;
            Data = new TIn[2 * Margin + count * Step];
            _values = new double[Data.Length];
            Array.Fill(Data, Of(double.NaN));
            var random = new Random(seed);
            for (long i = 0; i < count; i++)
                for (long r = 0; r < rows; r++)
                    for (long c = 0; c < columns; c++)
                    {
                        TIn element = Of(random.NextDouble() * 2 - 1);
                        Data[Index(i, r, c)] = element;
                        _values[Index(i, r, c)] = element is BFloat16 narrow ? narrow : Convert.ToDouble(element is Half half ? (float)half : element, null);
                    }
        }

        static TIn Of(double value) =>
            typeof(TIn) == typeof(BFloat16) ? (TIn)(object)(BFloat16)(float)value
            : typeof(TIn) == typeof(Half) ? (TIn)(object)(Half)value
            : typeof(TIn) == typeof(float) ? (TIn)(object)(float)value
            : (TIn)(object)value;

        public TIn[] Data { get; }

        public long Step { get; }

        long Index(long item, long row, long column) => Margin + item * Step + row * _rowStride + column * _columnStride;

        public double Value(long item, long row, long column) => _values[Index(item, row, column)];

        public Matrix<T> At(TIn* start) => new(start + Margin, DTypeFacts.Of<TIn>(), _rowStride, _columnStride);

        public override string ToString() => $"{_rowStride},{_columnStride}";
    }
}
