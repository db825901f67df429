using static Adjoint.Conformance.Rows;

namespace Adjoint.Conformance;

/// <summary>Element by element.</summary>
static class ElementwiseRows
{
    public static Dictionary<string, Meaning> Table { get; } = new()
    {
        // One operand, element by element.
        ["neg"] = One(x => -x),
        ["abs"] = One(x => x.Abs()),
        ["exp"] = One(x => x.Exp()),
        ["exp2"] = One(x => x.Exp2()),
        ["expm1"] = One(x => x.Expm1()),
        ["log"] = One(x => x.Log()),
        ["log2"] = One(x => x.Log2()),
        ["log10"] = One(x => x.Log10()),
        ["log1p"] = One(x => x.Log1p()),
        ["sqrt"] = One(x => x.Sqrt()),
        ["rsqrt"] = One(x => x.Rsqrt()),
        ["reciprocal"] = One(x => x.Reciprocal()),
        ["square"] = One(x => x.Square()),
        ["sin"] = One(x => x.Sin()),
        ["cos"] = One(x => x.Cos()),
        ["tan"] = One(x => x.Tan()),
        ["asin"] = One(x => x.Asin()),
        ["acos"] = One(x => x.Acos()),
        ["atan"] = One(x => x.Atan()),
        ["sinh"] = One(x => x.Sinh()),
        ["cosh"] = One(x => x.Cosh()),
        ["tanh"] = One(x => x.Tanh()),
        ["asinh"] = One(x => x.Asinh()),
        ["acosh"] = One(x => x.Acosh()),
        ["atanh"] = One(x => x.Atanh()),
        ["erf"] = One(x => x.Erf()),
        ["erfc"] = One(x => x.Erfc()),
        ["sign"] = One(x => x.Sign()),
        ["floor"] = One(x => x.Floor()),
        ["ceil"] = One(x => x.Ceiling()),
        ["round"] = One(x => x.Round()),
        ["sigmoid"] = One(x => x.Sigmoid()),
        ["logsigmoid"] = One(x => x.LogSigmoid()),
        ["relu"] = One(x => x.Relu()),
        ["relu6"] = One(x => x.Relu6()),
        ["selu"] = One(x => x.Selu()),
        ["silu"] = One(x => x.Silu()),
        ["mish"] = One(x => x.Mish()),
        ["softplus"] = One(Softplus),
        ["softsign"] = One(x => x.Softsign()),
        ["hardswish"] = One(x => x.HardSwish()),
        ["hardsigmoid"] = One(x => x.HardSigmoid()),
        ["leaky_relu"] = One((x, s) => x.LeakyRelu(s.Number("negative_slope", 0.01))),
        ["elu"] = One((x, s) => x.Elu(s.Number("alpha", 1))),
        ["celu"] = One((x, s) => x.Celu(s.Number("alpha", 1))),
        ["gelu"] = One((x, s) => x.Gelu(s.Text("approximate", "none") == "tanh")),
        ["hardtanh"] = One((x, s) => x.HardTanh(s.Number("min_val", -1), s.Number("max_val", 1))),
        ["clamp"] = All(Clamp),
        ["trunc"] = One(x => x.Truncate()),
        ["frac"] = One(x => x - x.Truncate()),
        ["deg2rad"] = One(x => x * (Math.PI / 180)),
        ["rad2deg"] = One(x => x * (180 / Math.PI)),
        ["positive"] = One(x => x),
        ["sinc"] = One(x => x.Sinc()),
        ["logit"] = One((x, s) => x.Logit(s.Number("eps", 0))),
        ["nan_to_num"] = One((x, s) => x.NanToNum(s.Number("nan", 0), s.Has("posinf") ? s.Number("posinf", 0) : null, s.Has("neginf") ? s.Number("neginf", 0) : null)),
        ["isnan"] = One(x => x.IsNan()),
        ["isfinite"] = One(x => x.IsFinite()),
        ["isinf"] = One(x => x.Abs().EqualTo(double.PositiveInfinity)),
        ["logical_not"] = One(x => x.LogicalNot()),
        ["glu"] = One((x, s) => x.Glu(s.Integer("dim", -1))),
        ["hardshrink"] = One((x, s) => x.HardShrink(s.Number("lambd", 0.5))),
        ["softshrink"] = One((x, s) => x.SoftShrink(s.Number("lambd", 0.5))),
        ["tanhshrink"] = One(x => x.TanhShrink()),
        ["threshold"] = One((x, s) => x.Threshold(s.Number("threshold", 0), s.Number("value", 0))),
        // Without training the slope is the middle of the interval.
        ["rrelu"] = One((x, s) => s.Flag("training", false) ? throw new SkippedException("random slopes") : x.LeakyRelu((s.Number("lower", 1.0 / 8) + s.Number("upper", 1.0 / 3)) / 2)),
        ["dropout"] = One((x, s) => s.Number("p", 0.5) != 0 && s.Flag("training", true) ? throw new SkippedException("random zeros") : x),
        ["pow_scalar"] = One((x, s) => x.Pow(s.Number("exponent", double.NaN))),

        // Several operands, element by element.
        ["add"] = Two((a, b, s) => s.Has("alpha") ? a + (b * s.Number("alpha", 1)) : a + b),
        ["rsub"] = Two((a, b, s) => s.Has("alpha") ? b - (a * s.Number("alpha", 1)) : b - a),
        ["sub"] = Two((a, b, s) => s.Has("alpha") ? a - (b * s.Number("alpha", 1)) : a - b),
        ["mul"] = Two((a, b) => a * b),
        ["div"] = Two(Quotient),
        ["maximum"] = Two((a, b) => a.Maximum(b)),
        ["minimum"] = Two((a, b) => a.Minimum(b)),
        ["atan2"] = Two((a, b) => a.Atan2(b)),
        ["pow"] = Two((a, b) => a.Pow(b)),
        ["where"] = All((x, _) => x[0].Where(x[1], x[2])),
        ["masked_fill"] = All((x, s) => x.At(2) is { } value ? x[1].Where(value, x[0]) : x[0].MaskedFill(x[1], s.Number("value", 0))),
        ["lerp"] = All((x, s) => x.At(2) is { } weight ? x[0].Lerp(x[1], weight) : x[0].Lerp(x[1], s.Number("weight", 0))),
        ["addcmul"] = All((x, s) => x[0] + (x[1] * x[2] * s.Number("value", 1))),
        ["addcdiv"] = All((x, s) => x[0] + (x[1] / x[2] * s.Number("value", 1))),
        ["hypot"] = Two((a, b) => a.Hypot(b)),
        ["logaddexp"] = Two((a, b) => a.LogAddExp(b)),
        ["fmod"] = Two((a, b) => a.Fmod(b)),
        ["remainder"] = Two((a, b) => a.Remainder(b)),
        ["floor_divide"] = Two((a, b) => (a / b).Floor()),
        ["xlogy"] = Two((a, b) => a.Xlogy(b)),
        ["float_power"] = Two((a, b) => a.Pow(b)),
        ["prelu"] = Two((x, slope) => x.PRelu(slope)),
        ["logical_and"] = Two((a, b) => a.LogicalAnd(b)),
        ["logical_or"] = Two((a, b) => a.LogicalOr(b)),
        ["logical_xor"] = Two((a, b) => a.LogicalXor(b)),
        ["eq"] = Two((a, b) => a.EqualTo(b)),
        ["ne"] = Two((a, b) => a.NotEqualTo(b)),
        ["lt"] = Two((a, b) => a < b),
        ["le"] = Two((a, b) => a <= b),
        ["gt"] = Two((a, b) => a > b),
        ["ge"] = Two((a, b) => a >= b),
    };

    // Limits are settings or further inputs.
    static Tensor Clamp(Tensor[] x, Settings s)
    {
        if (x.Length == 1) return x[0].Clamp(s.Number("min", double.NegativeInfinity), s.Number("max", double.PositiveInfinity));
        return x.Length == 3 ? x[0].Clamp(x[1], x[2]) : throw new SkippedException("limits of which one is a tensor");
    }

    static Tensor Quotient(Tensor a, Tensor b, Settings s) => s.Text("rounding_mode", "true") switch
    {
        "true" => a / b,
        "floor" => (a / b).Floor(),
        "trunc" => (a / b).Truncate(),
        string other => throw new SkippedException($"rounding mode '{other}'"),
    };

    // Beyond the threshold the function is its asymptote.
    static Tensor Softplus(Tensor x, Settings s)
    {
        Tensor steep = s.Number("beta", 1) == 1 ? x : x * s.Number("beta", 1), y = steep.Softplus();
        if (s.Number("beta", 1) != 1) y /= s.Number("beta", 1);
        return (steep > s.Number("threshold", 20)).Where(x, y);
    }
}
