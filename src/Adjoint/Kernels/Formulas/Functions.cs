using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;
using static Adjoint.Vocabulary;

namespace Adjoint.Kernels.Formulas;

/// <summary>
/// The formula language, a word an entry: its name, what it means in <c>double</c>, the slope for each argument (a formula
/// over the arguments and the result <c>y</c>, using whichever is cheaper and more accurate), and the same over lanes.
/// </summary>
/// <remarks>
/// Adding a word: an entry here, a public scalar function in <see cref="Vocabulary"/> if <see cref="Math"/> lacks it, and
/// where it is worth one a vector form in <see cref="LaneMath"/>. The tests find it by themselves.
/// </remarks>
internal static unsafe class Functions
{
    // ── Arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────────

    public static readonly Function Add = new Binary<AddLanes>("Add", (a, b) => a + b, D3(() => (a, b, y) => 1), D3(() => (a, b, y) => 1)) { Symbol = "+" };
    struct AddLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => a + b; }

    public static readonly Function Subtract = new Binary<SubtractLanes>("Subtract", (a, b) => a - b, D3(() => (a, b, y) => 1), D3(() => (a, b, y) => -1)) { Symbol = "-" };
    struct SubtractLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => a - b; }

    public static readonly Function Multiply = new Binary<MultiplyLanes>("Multiply", (a, b) => a * b, D3(() => (a, b, y) => b), D3(() => (a, b, y) => a)) { Symbol = "*" };
    struct MultiplyLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => a * b; }

    public static readonly Function Divide = new Binary<DivideLanes>("Divide", (a, b) => a / b, D3(() => (a, b, y) => 1 / b), D3(() => (a, b, y) => -y / b)) { Symbol = "/", Cost = 4 };
    struct DivideLanes : IBinary { static V IBinary.Apply<V, T>(V a, V b) => a / b; }

    public static readonly Function Negate = new Unary<NegateLanes>("Negate", a => -a, D2(() => (a, y) => -1));
    struct NegateLanes : IUnary, IOnIntegers { static V IUnary.Apply<V, T>(V a) => -a; }

    public static readonly Function FusedMultiplyAdd = new Ternary<FusedMultiplyAddLanes>("FusedMultiplyAdd", Math.FusedMultiplyAdd, D4(() => (a, b, c, y) => b), D4(() => (a, b, c, y) => a), D4(() => (a, b, c, y) => 1));
    struct FusedMultiplyAddLanes : ITernary { [MethodImpl(MethodImplOptions.AggressiveInlining)] static V ITernary.Apply<V, T>(V a, V b, V c) => V.MultiplyAdd(a, b, c); }

    public static readonly Function Reciprocal = new Unary<ReciprocalLanes>("Reciprocal", Vocabulary.Reciprocal, D2(() => (x, y) => -y * y)) { Cost = 4, Definition = D1(() => x => 1 / x) };
    struct ReciprocalLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Reciprocal<V, T>(x); }

    // ── Conditions: 1 or 0 in double, all bits or none over lanes ───────────────────────────────────────────────────

    public static readonly Function Less = new Binary<LessLanes>("Less", (a, b) => a < b ? 1 : 0) { Symbol = "<" };
    struct LessLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => V.Less(a, b); }

    public static readonly Function LessOrEqual = new Binary<LessOrEqualLanes>("LessOrEqual", (a, b) => a <= b ? 1 : 0) { Symbol = "<=" };
    struct LessOrEqualLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => V.LessOrEqual(a, b); }

    public static readonly Function Equal = new Binary<EqualLanes>("Equal", (a, b) => a == b ? 1 : 0) { Symbol = "==" };
    struct EqualLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => V.Equal(a, b); }

    public static readonly Function And = new Binary<AndLanes>("And", (a, b) => a != 0 && b != 0 ? 1 : 0) { Symbol = "&&" };
    struct AndLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => V.And(a, b); }

    public static readonly Function Or = new Binary<OrLanes>("Or", (a, b) => a != 0 || b != 0 ? 1 : 0) { Symbol = "||" };
    struct OrLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => V.Or(a, b); }

    public static readonly Function Not = new Unary<NotLanes>("Not", a => a != 0 ? 0 : 1);
    struct NotLanes : IUnary, IOnIntegers { [MethodImpl(MethodImplOptions.AggressiveInlining)] static V IUnary.Apply<V, T>(V a) => V.AndNot(V.Equal(V.All(default), V.All(default)), a); }

    public static readonly Function Select = new Ternary<SelectLanes>("Select", (c, a, b) => c != 0 ? a : b);
    struct SelectLanes : ITernary, IOnIntegers { [MethodImpl(MethodImplOptions.AggressiveInlining)] static V ITernary.Apply<V, T>(V c, V a, V b) => V.Select(c, a, b); }

    // ── Order and rounding ──────────────────────────────────────────────────────────────────────────────────────────

    // Equal arguments share the gradient, half each.
    public static readonly Function Max = new Binary<MaxLanes>("Max", Math.Max, D3(() => (a, b, y) => a > b ? 1 : a == b ? 0.5 : 0), D3(() => (a, b, y) => b > a ? 1 : a == b ? 0.5 : 0));
    struct MaxLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => V.Max(a, b); }

    public static readonly Function Min = new Binary<MinLanes>("Min", Math.Min, D3(() => (a, b, y) => a < b ? 1 : a == b ? 0.5 : 0), D3(() => (a, b, y) => b < a ? 1 : a == b ? 0.5 : 0));
    struct MinLanes : IBinary, IOnIntegers { static V IBinary.Apply<V, T>(V a, V b) => V.Min(a, b); }

    // The gradient passes in the closed interval; outside it belongs to the bound.
    public static readonly Function Clamp = new Ternary<ClampLanes>("Clamp", (x, low, high) => Math.Min(Math.Max(x, low), high),
        D4(() => (x, low, high, y) => x >= low && x <= high ? 1 : 0), D4(() => (x, low, high, y) => x < low && low <= high ? 1 : 0), D4(() => (x, low, high, y) => x > high || low > high ? 1 : 0)) { Cost = 2 };
    struct ClampLanes : ITernary, IOnIntegers { [MethodImpl(MethodImplOptions.AggressiveInlining)] static V ITernary.Apply<V, T>(V x, V low, V high) => V.Min(V.Max(x, low), high); }

    public static readonly Function Abs = new Unary<AbsLanes>("Abs", Math.Abs, D2(() => (x, y) => Sign(x)));
    struct AbsLanes : IUnary, IOnIntegers { static V IUnary.Apply<V, T>(V x) => V.Abs(x); }

    public static readonly Function Sign = new Unary<SignLanes>("Sign", Vocabulary.Sign, D2(() => (x, y) => 0)) { Cost = 3 };
    struct SignLanes : IUnary, IOnIntegers { static V IUnary.Apply<V, T>(V x) => LaneMath.Sign<V, T>(x); }

    public static readonly Function Floor = new Unary<FloorLanes>("Floor", Math.Floor, D2(() => (x, y) => 0)) { KeepsIntegers = true };
    struct FloorLanes : IUnary, IOnIntegers { static V IUnary.Apply<V, T>(V x) => V.Floor(x); }

    public static readonly Function Ceiling = new Unary<CeilingLanes>("Ceiling", Math.Ceiling, D2(() => (x, y) => 0)) { KeepsIntegers = true };
    struct CeilingLanes : IUnary, IOnIntegers { static V IUnary.Apply<V, T>(V x) => V.Ceiling(x); }

    public static readonly Function Round = new Unary<RoundLanes>("Round", Math.Round, D2(() => (x, y) => 0)) { KeepsIntegers = true };
    struct RoundLanes : IUnary, IOnIntegers { static V IUnary.Apply<V, T>(V x) => V.Round(x); }

    public static readonly Function Truncate = new Unary<TruncateLanes>("Truncate", Math.Truncate, D2(() => (x, y) => 0)) { Cost = 3, KeepsIntegers = true };
    struct TruncateLanes : IUnary, IOnIntegers { [MethodImpl(MethodImplOptions.AggressiveInlining)] static V IUnary.Apply<V, T>(V x) => V.Select(V.Less(x, V.All(default)), V.Ceiling(x), V.Floor(x)); }

    // ── Powers, exponentials, logarithms ────────────────────────────────────────────────────────────────────────────

    public static readonly Function Sqrt = new Unary<SqrtLanes>("Sqrt", Math.Sqrt, D2(() => (x, y) => 0.5 / y)) { Cost = 6 };
    struct SqrtLanes : IUnary { static V IUnary.Apply<V, T>(V x) => V.Sqrt(x); }

    public static readonly Function Rsqrt = new Unary<RsqrtLanes>("Rsqrt", Vocabulary.Rsqrt, D2(() => (x, y) => -0.5 * (y * y * y))) { Cost = 10, Definition = D1(() => x => 1 / Math.Sqrt(x)) };
    struct RsqrtLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Rsqrt<V, T>(x); }

    public static readonly Function Cbrt = new Unary<CbrtLanes>("Cbrt", Math.Cbrt, D2(() => (x, y) => 1 / (3 * (y * y)))) { Cost = 40 };
    struct CbrtLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Cbrt<V, T>(x); }

    // x⁰ is constant even at 0, and 0ᵖ is constant in p where p ≥ 0.
    public static readonly Function Pow = new Binary<PowLanes>("Pow", Math.Pow,
        D3(() => (x, p, y) => p == 0 ? 0 : p * Math.Pow(x, p - 1)), D3(() => (x, p, y) => x == 0 && p >= 0 ? 0 : y * Math.Log(x))) { Cost = 60 };
    struct PowLanes : IBinary { static V IBinary.Apply<V, T>(V x, V p) => LaneMath.Pow<V, T>(x, p); }

    public static readonly Function Exp = new Unary<ExpLanes>("Exp", Math.Exp, D2(() => (x, y) => y)) { Cost = 16 };
    struct ExpLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Exp<V, T>(x); }

    public static readonly Function Exp2 = new Unary<Exp2Lanes>("Exp2", double.Exp2, D2(() => (x, y) => 0.6931471805599453 * y)) { Cost = 16 };
    struct Exp2Lanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Exp2<V, T>(x); }

    public static readonly Function Expm1 = new Unary<Expm1Lanes>("Expm1", Vocabulary.Expm1, D2(() => (x, y) => Math.Exp(x))) { Cost = 24, Definition = D1(() => x => Math.Exp(x) - 1) };
    struct Expm1Lanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Expm1<V, T>(x); }

    public static readonly Function Log = new Unary<LogLanes>("Log", Math.Log, D2(() => (x, y) => 1 / x)) { Cost = 20 };
    struct LogLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Log<V, T>(x); }

    public static readonly Function Log2 = new Unary<Log2Lanes>("Log2", Math.Log2, D2(() => (x, y) => 1.4426950408889634 / x)) { Cost = 20 };
    struct Log2Lanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Log2<V, T>(x); }

    public static readonly Function Log10 = new Unary<Log10Lanes>("Log10", Math.Log10, D2(() => (x, y) => 0.4342944819032518 / x)) { Cost = 20 };
    struct Log10Lanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Log10<V, T>(x); }

    public static readonly Function Log1p = new Unary<Log1pLanes>("Log1p", Vocabulary.Log1p, D2(() => (x, y) => 1 / (1 + x))) { Cost = 24, Definition = D1(() => x => Math.Log(1 + x)) };
    struct Log1pLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Log1p<V, T>(x); }

    // ── The logistic family and the error function ──────────────────────────────────────────────────────────────────

    public static readonly Function Sigmoid = new Unary<SigmoidLanes>("Sigmoid", Vocabulary.Sigmoid, D2(() => (x, y) => y * (1 - y))) { Cost = 24, Definition = D1(() => x => 1 / (1 + Math.Exp(-x))) };
    struct SigmoidLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Sigmoid<V, T>(x); }

    public static readonly Function Softplus = new Unary<SoftplusLanes>("Softplus", Vocabulary.Softplus, D2(() => (x, y) => Sigmoid(x))) { Cost = 40, Definition = D1(() => x => Math.Log(1 + Math.Exp(x))) };
    struct SoftplusLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Softplus<V, T>(x); }

    public static readonly Function LogSigmoid = new Unary<LogSigmoidLanes>("LogSigmoid", Vocabulary.LogSigmoid, D2(() => (x, y) => Sigmoid(-x))) { Cost = 40, Definition = D1(() => x => -Math.Log(1 + Math.Exp(-x))) };
    struct LogSigmoidLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.LogSigmoid<V, T>(x); }

    public static readonly Function Erf = new Unary<ErfLanes>("Erf", Vocabulary.Erf, D2(() => (x, y) => 1.1283791670955126 * Math.Exp(-x * x))) { Cost = 40 };
    struct ErfLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Erf<V, T>(x); }

    public static readonly Function Erfc = new Unary<ErfcLanes>("Erfc", Vocabulary.Erfc, D2(() => (x, y) => -1.1283791670955126 * Math.Exp(-x * x))) { Cost = 40, Definition = D1(() => x => 1 - Erf(x)) };
    struct ErfcLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Erfc<V, T>(x); }

    public static readonly Function Gelu = new Unary<GeluLanes>("Gelu", Vocabulary.Gelu, D2(() => (x, y) => GeluSlope(x))) { Cost = 20, Definition = D1(() => x => x * (1 + Erf(x / Math.Sqrt(2))) / 2) };
    struct GeluLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Gelu<V, T>(x); }

    public static readonly Function GeluSlope = new Unary<GeluSlopeLanes>("GeluSlope", Vocabulary.GeluSlope, D2(() => (x, y) => NormalDensityOfZero * (2 - x * x) * Math.Exp(-0.5 * x * x))) { Cost = 20 };
    struct GeluSlopeLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.GeluSlope<V, T>(x); }

    public static readonly Function GeluTanh = new Unary<GeluTanhLanes>("GeluTanh", Vocabulary.GeluTanh, D2(() => (x, y) => GeluTanhSlope(x))) { Cost = 20, Definition = D1(() => x => x * Sigmoid(x * (TanhGateSlope + TanhGateCubic * x * x))) };
    struct GeluTanhLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.GeluTanh<V, T>(x); }

    // With w the gate's argument, σ(w)·σ(−w)·(2w′ + x·(w″ − w′²·tanh ½w)).
    public static readonly Function GeluTanhSlope = new Unary<GeluTanhSlopeLanes>("GeluTanhSlope", Vocabulary.GeluTanhSlope, D2(() => (x, y) =>
        Sigmoid(x * (TanhGateSlope + TanhGateCubic * x * x)) * Sigmoid(-x * (TanhGateSlope + TanhGateCubic * x * x)) * (2 * (TanhGateSlope + 3 * TanhGateCubic * x * x)
            + x * (6 * TanhGateCubic * x - Math.Tanh(x * (TanhGateSlope + TanhGateCubic * x * x) / 2) * Math.Pow(TanhGateSlope + 3 * TanhGateCubic * x * x, 2))))) { Cost = 20 };
    struct GeluTanhSlopeLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.GeluTanhSlope<V, T>(x); }

    // ── Circle and hyperbola ────────────────────────────────────────────────────────────────────────────────────────

    public static readonly Function Sin = new Unary<SinLanes>("Sin", Math.Sin, D2(() => (x, y) => Math.Cos(x))) { Cost = 30 };
    struct SinLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Sin<V, T>(x); }

    public static readonly Function Cos = new Unary<CosLanes>("Cos", Math.Cos, D2(() => (x, y) => -Math.Sin(x))) { Cost = 30 };
    struct CosLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Cos<V, T>(x); }

    public static readonly Function Tan = new Unary<TanLanes>("Tan", Math.Tan, D2(() => (x, y) => 1 + y * y)) { Cost = 40, Definition = D1(() => x => Math.Sin(x) / Math.Cos(x)) };
    struct TanLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Tan<V, T>(x); }

    public static readonly Function Asin = new Unary<AsinLanes>("Asin", Math.Asin, D2(() => (x, y) => Rsqrt((1 - x) * (1 + x)))) { Cost = 40 };
    struct AsinLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Asin<V, T>(x); }

    public static readonly Function Acos = new Unary<AcosLanes>("Acos", Math.Acos, D2(() => (x, y) => -Rsqrt((1 - x) * (1 + x)))) { Cost = 40 };
    struct AcosLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Acos<V, T>(x); }

    public static readonly Function Atan = new Unary<AtanLanes>("Atan", Math.Atan, D2(() => (x, y) => 1 / (1 + x * x))) { Cost = 40 };
    struct AtanLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Atan<V, T>(x); }

    public static readonly Function Atan2 = new Binary<Atan2Lanes>("Atan2", Math.Atan2, D3(() => (a, b, y) => b / (a * a + b * b)), D3(() => (a, b, y) => -a / (a * a + b * b))) { Cost = 60 };
    struct Atan2Lanes : IBinary { static V IBinary.Apply<V, T>(V a, V b) => LaneMath.Atan2<V, T>(a, b); }

    public static readonly Function Sinh = new Unary<SinhLanes>("Sinh", Math.Sinh, D2(() => (x, y) => Math.Cosh(x))) { Cost = 30, Definition = D1(() => x => (Math.Exp(x) - Math.Exp(-x)) / 2) };
    struct SinhLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Sinh<V, T>(x); }

    public static readonly Function Cosh = new Unary<CoshLanes>("Cosh", Math.Cosh, D2(() => (x, y) => Math.Sinh(x))) { Cost = 30, Definition = D1(() => x => (Math.Exp(x) + Math.Exp(-x)) / 2) };
    struct CoshLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Cosh<V, T>(x); }

    public static readonly Function Tanh = new Unary<TanhLanes>("Tanh", Math.Tanh, D2(() => (x, y) => 1 - y * y)) { Cost = 24, Definition = D1(() => x => (Math.Exp(x) - Math.Exp(-x)) / (Math.Exp(x) + Math.Exp(-x))) };
    struct TanhLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Tanh<V, T>(x); }

    public static readonly Function Asinh = new Unary<AsinhLanes>("Asinh", Math.Asinh, D2(() => (x, y) => Rsqrt(1 + x * x))) { Cost = 40 };
    struct AsinhLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Asinh<V, T>(x); }

    public static readonly Function Acosh = new Unary<AcoshLanes>("Acosh", Math.Acosh, D2(() => (x, y) => Rsqrt((x - 1) * (x + 1)))) { Cost = 40 };
    struct AcoshLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Acosh<V, T>(x); }

    public static readonly Function Atanh = new Unary<AtanhLanes>("Atanh", Math.Atanh, D2(() => (x, y) => 1 / ((1 - x) * (1 + x)))) { Cost = 40 };
    struct AtanhLanes : IUnary { static V IUnary.Apply<V, T>(V x) => LaneMath.Atanh<V, T>(x); }

    /// <summary>Every word, for reading lambdas and for the tests.</summary>
    public static readonly IReadOnlyList<Function> All =
    [
        Add, Subtract, Multiply, Divide, Negate, FusedMultiplyAdd, Reciprocal, Less, LessOrEqual, Equal, And,
        Or, Not, Select, Max, Min, Clamp, Abs, Sign, Floor, Ceiling, Round, Truncate, Sqrt, Rsqrt, Cbrt, Pow,
        Exp, Exp2, Expm1, Log, Log2, Log10, Log1p, Sigmoid, Softplus, LogSigmoid, Erf, Erfc, Gelu, GeluSlope, GeluTanh, GeluTanhSlope, Sin, Cos, Tan,
        Asin, Acos, Atan, Atan2, Sinh, Cosh, Tanh, Asinh, Acosh, Atanh,
    ];

    // Inside a lambda of its own each, so that only those that are used become expression trees.
    static Func<LambdaExpression> D1(Func<Expression<Func<double, double>>> definition) => definition;
    static Func<LambdaExpression> D2(Func<Expression<Func<double, double, double>>> slope) => slope;
    static Func<LambdaExpression> D3(Func<Expression<Func<double, double, double, double>>> slope) => slope;
    static Func<LambdaExpression> D4(Func<Expression<Func<double, double, double, double, double>>> slope) => slope;
}
