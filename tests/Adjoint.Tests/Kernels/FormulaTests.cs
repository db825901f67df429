using Adjoint.Kernels.Formulas;
using Xunit;
using static Adjoint.Vocabulary;

namespace Adjoint.Tests.Kernels;

/// <summary>Formulas as data: reading lambdas, simplifying, differentiating, printing.</summary>
public class FormulaTests
{
    const double Third = 1.0 / 3;

    static readonly double[] Points = [-1.7, -0.62, 0.35, 0.81, 1.3, 2.4];

    static readonly Formula Gelu = Formula.Of(x => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))));

    public static TheoryData<string> Words =>
        [.. Functions.All.Where(f => f.Symbol is not ("<" or "<=" or "==" or "&&" or "||") && f.Name is not ("Not" or "Select")).Select(f => f.Name)];

    public static TheoryData<string> Mixtures => [.. MixtureFormulas.Keys];

    internal static readonly Dictionary<string, Formula> MixtureFormulas = new()
    {
        ["gelu"] = Gelu,
        ["silu"] = Formula.Of(x => x * Sigmoid(x)),
        ["mish"] = Formula.Of(x => x * Math.Tanh(Softplus(x))),
        ["elu"] = Formula.Of(x => x > 0 ? x : Expm1(x)),
        ["gelu of tanh"] = Formula.Of(x => 0.5 * x * (1 + Math.Tanh(0.79788456 * (x + 0.044715 * Math.Pow(x, 3))))),
        ["swiglu"] = Formula.Of((a, b) => a * Sigmoid(a) * b),
        ["huber"] = Formula.Of((a, b) => Math.Abs(a - b) <= 1 ? 0.5 * (a - b) * (a - b) : Math.Abs(a - b) - 0.5),
        ["safe log"] = Formula.Of(x => x > 0 ? Math.Log(x) * x : 0),
        ["quotient"] = Formula.Of((a, b) => Math.Exp(-a * a) / (1 + b * b)),
        ["conditions"] = Formula.Of((a, b) => (a > 0 && b < 1) || !(a != b) ? Math.Sin(a) * b : Math.Cos(b) - a),
    };

    static double[] Grad(Formula f, int input, double[] x, double[] dy)
    {
        GradientFormula g = f.Vjp(input);
        double[] y = f.Evaluate(x);
        return g.Formula.Evaluate([.. g.Inputs.Select(i => x[i]), .. g.Outputs.Select(k => y[k]), .. g.Gradients.Select(k => dy[k])]);
    }

    /// <summary>Five points, error of order h⁴.</summary>
    static double Slope(Func<double, double> f, double x, double h = 1e-3) =>
        (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);

    static Formula Word(string name)
    {
        Function f = Functions.All.Single(f => f.Name == name);
        return new([Term.Of(f, [.. Enumerable.Range(0, f.Arity).Select(Term.Input)])], [.. "abc"[..f.Arity].Select(c => c.ToString())]);
    }

    static IEnumerable<double[]> GoodPoints(Formula f)
    {
        for (int i = 0; i < Points.Length; i++)
            for (int shift = 1; shift < (f.Inputs == 1 ? 2 : Points.Length); shift++)
            {
                double[] x = [.. Enumerable.Range(0, f.Inputs).Select(k => Points[(i + k * shift) % Points.Length])];
                if (x.Distinct().Count() == x.Length && Enumerable.Range(0, f.Inputs).All(k => Smooth(t => f.Evaluate([.. x[..k], t, .. x[(k + 1)..]])[0], x[k]))) yield return x;
            }

        static bool Smooth(Func<double, double> f, double x) => double.IsFinite(f(x - 0.01)) && double.IsFinite(f(x + 0.01));
    }

    /// <summary>∂f/∂input as a formula of the inputs alone.</summary>
    static Formula Derivative(Formula f, int input) => new(Differentiation.Pull(f.Roots, [Algebra.One], [input]), f.Names);

    static void CheckDerivatives(Formula f, int orders)
    {
        int tested = 0;
        foreach (double[] x in GoodPoints(f))
        {
            for (int input = 0; input < f.Inputs; input++)
            {
                Formula current = f;
                for (int order = 1; order <= orders; order++)
                {
                    Formula next = Derivative(current, input), before = current;
                    double expected = Slope(t => before.Evaluate([.. x[..input], t, .. x[(input + 1)..]])[0], x[input]);
                    double actual = next.Evaluate(x)[0];
                    Assert.True(Math.Abs(expected - actual) <= 2e-7 * (1 + Math.Abs(expected)),
                        $"derivative {order} of {f} for input {input} at [{string.Join(", ", x)}] is {actual} by {next}, but differences give {expected}");
                    current = next;
                }

                Assert.Equal(Derivative(f, input).Evaluate(x)[0] * 0.7, Grad(f, input, x, [0.7])[0], 1e-12);
            }

            tested++;
        }

        Assert.True(tested >= 2, $"only {tested} points of {f} could be tested");
    }

    [Theory, MemberData(nameof(Words))]
    public void Every_word_has_the_slopes_that_differences_show(string name) => CheckDerivatives(Word(name), 3);

    [Theory, MemberData(nameof(Mixtures))]
    public void Mixtures_have_the_slopes_that_differences_show(string name) => CheckDerivatives(MixtureFormulas[name], 3);

    [Fact]
    public void The_gradient_of_a_gradient_is_its_derivative_too()
    {
        // tanh: dx = dy·(1 − y²) over (y, dy); through y as well as through dy the chain must give tanh″.
        GradientFormula first = Formula.Of(x => Math.Tanh(x)).Vjp(0);
        GradientFormula again = first.Formula.Vjp(0);
        double x = 0.4, y = Math.Tanh(x);
        double[] arguments = [.. again.Inputs.Select(i => i == 0 ? y : 1), .. again.Gradients.Select(_ => 1.0)];
        double throughY = again.Formula.Evaluate(arguments)[0];
        Assert.Equal(-2 * y * (1 - y * y), throughY * (1 - y * y), 1e-14);
    }

    [Fact]
    public void Gradients_use_the_output_where_that_spares_the_input()
    {
        Check(Formula.Of(x => Math.Exp(x)), "dy * y", [], [0]);
        Check(Formula.Of(x => Math.Tanh(x)), "dy * (1 - y * y)", [], [0]);
        Check(Formula.Of(x => Math.Sqrt(x)), "dy * (0.5 / y)", [], [0]);
        Check(Formula.Of(x => Sigmoid(x)), "dy * (y * (1 - y))", [], [0]);
        Check(Formula.Of(x => Math.Log(x)), "dy / x", [0], []);
        Check(Formula.Of(x => 3 * x), "3 * dy", [], []);
        Check(Formula.Of(x => x * Sigmoid(x)), "dy * sigmoid(x) + dy * x * (sigmoid(x) * (1 - sigmoid(x)))", [0], []);

        static void Check(Formula f, string text, int[] inputs, int[] outputs)
        {
            GradientFormula g = f.Vjp(0);
            Assert.Equal(text, g.Formula.ToString());
            Assert.Equal(inputs, g.Inputs);
            Assert.Equal(outputs, g.Outputs);
            Assert.Equal([0], g.Gradients);
        }
    }

    [Fact]
    public void Several_inputs_and_outputs_give_one_fused_gradient()
    {
        Formula f = Formula.Of((a, b) => new[] { a * b, Math.Exp(a) });
        GradientFormula g = f.VjpAll();
        Assert.Equal("dy1 * exp(a) + dy0 * b, dy0 * a", g.Formula.ToString());
        Assert.Equal([0, 1], g.Inputs);
        Assert.Empty(g.Outputs);
        Assert.Equal([0, 1], g.Gradients);
        Assert.Equal("dy0 * a", f.Vjp(1).Formula.ToString());
        Assert.Equal("dy0 * a, dy1 * exp(a) + dy0 * b", f.Vjp(1, 0).Formula.ToString());

        // Without the other gradient, a is needed for nothing but its exponential, which is there.
        GradientFormula first = f.Vjp(0);
        Assert.Equal("dy1 * y1 + dy0 * b", first.Formula.ToString());
        Assert.Equal([1], first.Inputs);
        Assert.Equal([1], first.Outputs);
    }

    [Fact]
    public void A_derivative_by_hand_takes_the_place_of_the_derived_one()
    {
        Formula relu = Formula.Of(x => Math.Max(x, 0)).WithDerivative(0, (x, y, dy) => y > 0 ? dy : 0);
        Assert.Equal("max(x, 0)", relu.ToString());
        Assert.Equal("y > 0 ? dy : 0", relu.Vjp(0).Formula.ToString());
        Assert.Empty(relu.Vjp(0).Inputs);
        Assert.NotEqual(relu, Formula.Of(x => Math.Max(x, 0)));
        Assert.Equal(relu, Formula.Of(z => Math.Max(z, 0)).WithDerivative(0, (x, y, dy) => y > 0 ? dy : 0));

        Formula twice = Formula.Of((a, b) => a * b).WithDerivative(0, (a, b, y, dy) => 10 * dy).WithDerivative(1, (a, b, y, dy) => 20 * dy);
        Assert.Equal("10 * dy, 20 * dy", twice.VjpAll().Formula.ToString());
        Formula half = Formula.Of((a, b) => a * b).WithDerivative(0, (a, b, y, dy) => 10 * dy);
        Assert.Equal("10 * dy, dy * a", half.VjpAll().Formula.ToString());

        // Also inside another formula, and to second order.
        Formula inside = Formula.Of(x => 3 * relu.Apply(x * x - 1));
        Assert.Equal(0, Grad(inside, 0, [0.5], [1])[0]);
        Assert.Equal(12, Grad(inside, 0, [2], [1])[0]);
        Assert.Equal(9, inside.Evaluate([2])[0]);
    }

    [Fact]
    public void Ties_share_and_closed_ends_pass()
    {
        Assert.Equal([0.5], Grad(Formula.Of((a, b) => Math.Max(a, b)), 0, [2, 2], [1]));
        Assert.Equal([0.5], Grad(Formula.Of((a, b) => Math.Min(a, b)), 1, [2, 2], [1]));
        Formula clamp = Formula.Of(x => Math.Clamp(x, -1, 1));
        Assert.Equal([1, 1, 0, 0], new[] { -1.0, 1, 1.5, -2 }.Select(x => Grad(clamp, 0, [x], [1])[0]));
        Formula pow = Formula.Of((x, p) => Math.Pow(x, p));
        Assert.Equal(0, Grad(pow, 0, [0, 0], [1])[0]);
        Assert.Equal(0, Grad(pow, 1, [0, 2], [1])[0]);
        Assert.Equal(0, Grad(pow, 1, [0, 0], [1])[0]);
    }

    [Fact]
    public void A_branch_not_taken_gives_no_gradient_even_where_its_slope_is_infinite()
    {
        Formula safe = Formula.Of(x => x > 0 ? Math.Sqrt(x) : 0);
        Assert.Equal(0, Grad(safe, 0, [0], [1])[0]);
        Assert.Equal(0, Grad(safe, 0, [-1], [1])[0]);
        Assert.Equal(0.25, Grad(safe, 0, [4], [1])[0]);
    }

    [Fact]
    public void Text_is_ordinary_notation()
    {
        Assert.Equal("0.5 * x * (1 + erf(x / 1.4142135623730951))", Gelu.ToString());
        Assert.Equal("a - (b - c)", Formula.Of((a, b, c) => a - (b - c)).ToString());
        Assert.Equal("a - b - c", Formula.Of((a, b, c) => a - b - c).ToString());
        Assert.Equal("a / (b * c)", Formula.Of((a, b, c) => a / (b * c)).ToString());
        Assert.Equal("a * (b / c)", Formula.Of((a, b, c) => a * (b / c)).ToString());
        Assert.Equal("-((a + b) * c)", Formula.Of((a, b, c) => -(a + b) * c).ToString());
        Assert.Equal("x > 0 && x < 2 || !(x == 5) ? x : -x", Formula.Of(x => (x > 0 && x < 2) || x != 5 ? x : -x).ToString());
        Assert.Equal("a + b, a - b", Formula.Of((a, b) => new[] { a + b, a - b }).ToString());
    }

    [Fact]
    public void Simplification_keeps_the_value()
    {
        Check("x", Formula.Of(x => x + 0), Formula.Of(x => 1 * x), Formula.Of(x => x / 1), Formula.Of(x => - -x), Formula.Of(x => Math.Pow(x, 1)));
        Check("0", Formula.Of(x => 0 * x), Formula.Of(x => x * 0));
        Check("1", Formula.Of(x => Math.Pow(x, 0)), Formula.Of(x => Math.Cos(0)));
        Check("x * x", Formula.Of(x => Math.Pow(x, 2)));
        Check("sqrt(x)", Formula.Of(x => Math.Pow(x, 0.5)));
        Check("1 / x", Formula.Of(x => Math.Pow(x, -1)));
        Check("0.25 * x", Formula.Of(x => x / 4));
        Check("x / 3", Formula.Of(x => x / 3));
        Check("6 * x", Formula.Of(x => 2 * (x * 3)));
        Check("2 * x", Formula.Of(x => x + x));
        Check("pow(x, 2.5)", Formula.Of(x => Math.Pow(x, 2.5)));

        static void Check(string text, params Formula[] formulas) => Assert.All(formulas, f => Assert.Equal(text, f.ToString()));
    }

    [Fact]
    public void What_does_not_depend_on_the_inputs_is_evaluated_once()
    {
        int n = 7;
        float single = 0.5f;
        double[] table = [1, 2, 3];
        bool flag = n > 5;
        Assert.Equal("x > 0 ? 1 : sign(x)", Formula.Of(x => x > 0 ? 1 : Math.Sign(x)).ToString());
        Assert.Equal("3 * x", Formula.Of(x => x * (n / 2)).ToString());
        Assert.Equal("0.5 * x + 3", Formula.Of(x => single * x + table[2]).ToString());
        Assert.Equal("x", Formula.Of(x => flag ? x : -x).ToString());
        Assert.Equal("0.3333333333333333 * x", Formula.Of(x => Third * x).ToString());
        Assert.Equal("3.141592653589793 * x", Formula.Of(x => Math.PI * x).ToString());
    }

    [Fact]
    public void Formulas_are_equal_by_structure()
    {
        Formula a = Formula.Of(x => x * Sigmoid(x)), b = Formula.Of(v => v * Sigmoid(v));
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, Formula.Of(v => Sigmoid(v)));
        Assert.NotEqual(Formula.Of((u, v) => u), Formula.Of(u => u));
        Assert.Equal(a.Vjp(0).Formula, b.Vjp(0).Formula);
    }

    [Fact]
    public void Integers_have_the_words_that_mean_something_there()
    {
        Assert.True(Formula.Of((a, b) => Math.Max(a, b) * 3 - Math.Abs(a)).IsIntegral);
        Assert.True(Formula.Of(a => a > 2 ? Math.Floor(a) : Math.Sign(a)).IsIntegral);
        Assert.False(Formula.Of((a, b) => a / b).IsIntegral);
        Assert.False(Formula.Of(a => 0.5 * a).IsIntegral);
        Assert.False(Formula.Of(a => Math.Exp(a)).IsIntegral);
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        string known = "formula: only arithmetic, comparisons in c ? a : b, the functions of Math and Vocabulary and Formula.Apply are known, but the lambda contains ";
        string hint = ". Compute what does not depend on the inputs outside, or write it with those.";
        Assert.Equal(known + "IEEERemainder(x, 2)" + hint, Assert.Throws<ArgumentException>(() => Formula.Of(x => Math.IEEERemainder(x, 2))).Message);
        Assert.Equal(known + "(x % 2)" + hint, Assert.Throws<ArgumentException>(() => Formula.Of(x => x % 2)).Message);
        Assert.Equal(known + "Convert(Convert(x, Single), Double)" + hint, Assert.Throws<ArgumentException>(() => Formula.Of(x => (double)(float)x)).Message);
        Assert.Equal("formula: one number for each input is needed, but a * b has 2 and 1 came. (Parameter 'inputs')",
            Assert.Throws<ArgumentException>(() => Formula.Of((a, b) => a * b).Evaluate([1])).Message);
        Assert.Equal("formula: inputs are numbered from 0, but a * b has 2 and number 2 was asked for. (Parameter 'input')",
            Assert.Throws<ArgumentOutOfRangeException>(() => Formula.Of((a, b) => a * b).Vjp(2)).Message);
        Assert.Equal("formula: a derivative takes the inputs, y and dy, but a * b has 2 inputs and the rule takes 3 numbers. (Parameter 'rule')",
            Assert.Throws<ArgumentException>(() => Formula.Of((a, b) => a * b).WithDerivative(0, (a, y, dy) => dy)).Message);
    }
}
