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
        ["clamp"] = One((x, s) => x.Clamp(s.Number("min", double.NegativeInfinity), s.Number("max", double.PositiveInfinity))),
        ["pow_scalar"] = One((x, s) => x.Pow(s.Number("exponent", double.NaN))),

        // Several operands, element by element.
        ["add"] = Two((a, b, s) => s.Has("alpha") ? a + (b * s.Number("alpha", 1)) : a + b),
        ["sub"] = Two((a, b, s) => s.Has("alpha") ? a - (b * s.Number("alpha", 1)) : a - b),
        ["mul"] = Two((a, b) => a * b),
        ["div"] = Two((a, b) => a / b),
        ["maximum"] = Two((a, b) => a.Maximum(b)),
        ["minimum"] = Two((a, b) => a.Minimum(b)),
        ["atan2"] = Two((a, b) => a.Atan2(b)),
        ["pow"] = Two((a, b) => a.Pow(b)),
        ["where"] = All((x, _) => x[0].Where(x[1], x[2])),
        ["masked_fill"] = Two((x, mask, s) => x.MaskedFill(mask, s.Number("value", 0))),
        ["eq"] = Two((a, b) => a.EqualTo(b)),
        ["ne"] = Two((a, b) => a.NotEqualTo(b)),
        ["lt"] = Two((a, b) => a < b),
        ["le"] = Two((a, b) => a <= b),
        ["gt"] = Two((a, b) => a > b),
        ["ge"] = Two((a, b) => a >= b),
    };

    // Beyond the threshold the function is its asymptote.
    static Tensor Softplus(Tensor x, Settings s)
    {
        Tensor steep = s.Number("beta", 1) == 1 ? x : x * s.Number("beta", 1), y = steep.Softplus();
        if (s.Number("beta", 1) != 1) y /= s.Number("beta", 1);
        return s.Has("threshold") ? (steep > s.Number("threshold", 20)).Where(x, y) : y;
    }
}
