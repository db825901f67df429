using Adjoint.Kernels.Formulas;
using Adjoint.Ops;
using CsCheck;
using Xunit;

namespace Adjoint.Tests.Kernels;

/// <summary>Random formulas over the whole vocabulary: simplified and not, compiled and interpreted, and their derivatives.</summary>
[Collection(Alone.Name)]
public class RandomFormulaTests
{
    static readonly Gen<int[]> Choices = Gen.Int[0, 9999].Array[40];

    static readonly Function[] Anywhere = [Functions.Negate, Functions.Exp, Functions.Expm1, Functions.Exp2, Functions.Sigmoid, Functions.Softplus, Functions.LogSigmoid, Functions.Erf, Functions.Erfc, Functions.Sin, Functions.Cos, Functions.Atan, Functions.Sinh, Functions.Cosh, Functions.Tanh, Functions.Asinh];
    static readonly Function[] Positive = [Functions.Sqrt, Functions.Rsqrt, Functions.Cbrt, Functions.Log, Functions.Log2, Functions.Log10, Functions.Log1p, Functions.Reciprocal, Functions.Acosh];
    static readonly Function[] Within = [Functions.Asin, Functions.Acos, Functions.Atanh, Functions.Tan];
    static readonly Function[] Kinked = [Functions.Abs, Functions.Max, Functions.Min, Functions.Select];

    /// <summary>A formula of three inputs from choices; every function gets arguments from its domain, and values stay small.</summary>
    static Formula Make(int[] choices, Func<Function, Term[], Term> apply, bool smooth)
    {
        int next = 0;
        List<Term> terms = [Term.Input(0), Term.Input(1), Term.Input(2), Term.Constant(0.5), Term.Constant(-1), Term.Constant(0), Term.Constant(1)];
        int Choose(int count) => (next < choices.Length ? choices[next++] : 0) % count;
        Term F(Function f, params Term[] a) => apply(f, a);
        Term Any() => terms[Choose(terms.Count)];
        Term Bounded() => F(Functions.Tanh, Any());
        Term AboveOne()
        {
            Term t = Bounded();
            return F(Functions.Add, Term.Constant(1.5), F(Functions.Multiply, t, t));
        }

        for (int steps = 1 + Choose(7); steps > 0; steps--)
        {
            terms.Add(Choose(smooth ? 8 : 9) switch
            {
                0 => F(Anywhere[Choose(Anywhere.Length)], Bounded()),
                1 => F(Positive[Choose(Positive.Length)], AboveOne()),
                2 => F(Within[Choose(Within.Length)], F(Functions.Multiply, Term.Constant(0.5), Bounded())),
                3 => F(Functions.Add, Any(), Any()),
                4 => F(Functions.Subtract, Any(), Any()),
                5 => F(Functions.Multiply, Bounded(), Any()),
                6 => F(Functions.Divide, Any(), AboveOne()),
                7 => Choose(3) switch
                {
                    0 => F(Functions.Pow, AboveOne(), Bounded()),
                    1 => F(Functions.Atan2, Bounded(), AboveOne()),
                    _ => F(Functions.FusedMultiplyAdd, Bounded(), Bounded(), Any()),
                },
                _ => Kinked[Choose(Kinked.Length)] switch
                {
                    var f when f == Functions.Abs => F(f, Any()),
                    // Apart by a little: which of two equal numbers is less is a matter of rounding alone.
                    var f when f == Functions.Select => F(f, F(Functions.Less, Any(), F(Functions.Add, Any(), Term.Constant(0.0137))), Any(), Any()),
                    var f => F(f, Any(), Any()),
                },
            });
        }

        return new([terms[^1], terms[^2]], ["a", "b", "c"]);
    }

    static Formula Simplified(int[] choices, bool smooth = false) => Make(choices, Algebra.Apply, smooth);

    static string Print(int[] choices) => $"{Simplified(choices)} (choices [{string.Join(", ", choices)}])";

    static Tensor[] Inputs(DType type)
    {
        var random = new Generator(9);
        return [.. Enumerable.Range(0, 3).Select(_ => random.Uniform([37], -1.5, 1.5, DType.F64).To(type))];
    }

    [Fact]
    public void Simplified_compiled_and_interpreted_formulas_agree_with_plain_arithmetic() => Choices.Sample(choices =>
    {
        using Scope scope = Scope.Begin("formula");
        Formula formula = Simplified(choices), plain = Make(choices, (f, a) => Term.Of(f, a), smooth: false);
        foreach ((DType type, double tolerance) in new[] { (DType.F64, 1e-11), (DType.F32, 2e-4) })
        {
            Tensor[] inputs = Inputs(type), compiled = new Map(formula).ApplyAll(inputs);
            double[][] interpreted = Interpret(formula, type, inputs);
            for (int output = 0; output < 2; output++) Assert.Equal(compiled[output].To(DType.F64).ToArray<double>(), interpreted[output]);

            double[][] x = [.. inputs.Select(t => t.To(DType.F64).ToArray<double>())];
            for (int i = 0; i < 37; i++)
            {
                double[] expected = plain.Evaluate([x[0][i], x[1][i], x[2][i]]);
                for (int output = 0; output < 2; output++)
                {
                    double actual = compiled[output].To(DType.F64).ToArray<double>()[i];
                    Assert.True(Math.Abs(actual - expected[output]) <= tolerance * Math.Max(1, Math.Abs(expected[output])), $"{type}: {actual} instead of {expected[output]}");
                }
            }
        }
    }, iter: 200, threads: 1, print: Print);

    [Fact]
    public void Derivatives_agree_with_finite_differences() => Choices.Sample(choices =>
    {
        using Scope scope = Scope.Begin("formula");
        Formula formula = Simplified(choices, smooth: true);
        var map = new Map(formula);
        Assert.InRange(GradientCheck.FirstOrder(x => map.ApplyAll(x), Inputs(DType.F64)), 0, OperationCheck.GradientTolerance);
        Assert.InRange(GradientCheck.SecondOrder(x => map.ApplyAll(x), Inputs(DType.F64)), 0, 10 * OperationCheck.GradientTolerance);
    }, iter: 60, threads: 1, print: choices => $"{Simplified(choices, smooth: true)} (choices [{string.Join(", ", choices)}])");

    static unsafe double[][] Interpret(Formula formula, DType type, Tensor[] inputs)
    {
        Tensor[] outputs = [Tensor.Zeros([37], type), Tensor.Zeros([37], type)];
        Kernel kernel = KernelCache.Make(formula, type, 0, past: false, compiled: false);
        void** pointers = stackalloc void*[5];
        for (int i = 0; i < 3; i++) pointers[i] = (void*)inputs[i].Data;
        for (int i = 0; i < 2; i++) pointers[3 + i] = (void*)outputs[i].Data;
        kernel.Run(pointers, 37);
        GC.KeepAlive(outputs);
        GC.KeepAlive(inputs);
        return [.. outputs.Select(y => y.To(DType.F64).ToArray<double>())];
    }
}
