using System.Reflection;
using Adjoint.Explaining;
using Adjoint.Kernels.Formulas;
using Adjoint.Ops;
using Xunit;

namespace Adjoint.Tests.Explaining;

/// <summary>What operations say of themselves: formulas and derivatives that are derived, rules that are written.</summary>
public class RuleTests
{
    static ExplainedOperation Operation(Func<Tensor, Tensor> f)
    {
        Tensor x = Tensor.From([0.5, -1.5], [2, 1]).AsParameter("x");
        return Explanation.Of(() => f(x).Sum()).Operations[0];
    }

    public static TheoryData<string, string, string> Texts => new()
    {
        { "sigmoid", "y = sigmoid(x) = 1 / (1 + exp(-x))", "dy/dx = y * (1 - y)" },
        { "tanh", "y = tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))", "dy/dx = 1 - y * y" },
        { "relu", "y = max(x, 0)", "dy/dx = y <= 0 ? 0 : 1" },
        { "silu", "y = x * sigmoid(x)", "dy/dx = sigmoid(x) + x * (sigmoid(x) * (1 - sigmoid(x)))" },
        { "square", "y = x * x", "dy/dx = 2 * x" },
        { "exp", "y = exp(x)", "dy/dx = y" },
    };

    [Theory, MemberData(nameof(Texts))]
    public void Elementwise_operations_show_formula_and_derivative(string name, string equation, string derivative)
    {
        ExplainedOperation operation = Operation(x => (Tensor)typeof(RuleTests).GetMethod(nameof(Apply), BindingFlags.NonPublic | BindingFlags.Static)!.Invoke(null, [name, x])!);
        Assert.Equal((name, equation), (operation.Name, operation.Equation));
        Assert.Equal([derivative], operation.Derivatives);
        Assert.True(operation.IsElementwise);
    }

    static Tensor Apply(string name, Tensor x) => name switch
    {
        "sigmoid" => x.Sigmoid(),
        "tanh" => x.Tanh(),
        "relu" => x.Relu(),
        "silu" => x.Silu(),
        "square" => x.Square(),
        _ => x.Exp(),
    };

    [Fact]
    public void Operations_of_two_numbers_have_a_derivative_for_each()
    {
        ExplainedOperation operation = Operation(x => x.MseLoss(Tensor.Zeros([2, 1], DType.F64), Reduction.None));
        Assert.Equal("y = (x - target) * (x - target)", operation.Equation);
        Assert.Equal(["∂y/∂x = 2 * (x - target)", "∂y/∂target = (-2) * (x - target)"], operation.Derivatives);
    }

    [Fact]
    public void Other_operations_say_their_rule()
    {
        ExplainedOperation operation = Operation(x => x.Linear(Tensor.Ones([3, 1], DType.F64)));
        Assert.Equal("y = x·Wᵀ + b", operation.Equation);
        Assert.Equal(["dx = dy·W", "dW = dyᵀ·x", "db = Σ dy over the rows"], operation.Derivatives);
        Assert.False(operation.IsElementwise);
    }

    [Fact]
    public void An_operation_that_says_nothing_is_shown_without()
    {
        ExplainedOperation operation = Operation(x => new Silent().Apply(x));
        Assert.Null(operation.Equation);
        Assert.Empty(operation.Derivatives);
    }

    [Fact]
    public void Every_operation_that_is_no_step_of_a_gradient_says_its_rule()
    {
        Type[] operations = [.. Registry.Operations().Where(t => t.IsPublic && !t.IsSubclassOf(typeof(Elementwise)) && !t.Name.EndsWith("Backward", StringComparison.Ordinal) && !t.Name.EndsWith("Gradient", StringComparison.Ordinal))];
        string[] silent = [.. operations.Where(t => t.GetCustomAttribute<GradientRuleAttribute>() is null && IsDifferentiable(t)).Select(t => t.Name)];
        Assert.Empty(silent);
        Assert.All(operations.Select(t => t.GetCustomAttribute<GradientRuleAttribute>()).OfType<GradientRuleAttribute>(), rule => Assert.True(rule.Value.Length > 0 && rule.Gradients.Count > 0));
    }

    // Those that only answer with labels or truth values have no gradient to speak of.
    static bool IsDifferentiable(Type type) => !((Type[])[typeof(All), typeof(Any), typeof(Argmax), typeof(Argmin), typeof(CountNonZero), typeof(OneHot)]).Contains(type);

    [Fact]
    public void Definitions_of_words_mean_what_the_words_compute()
    {
        Function[] defined = [.. Functions.All.Where(f => f.Definition is not null)];
        Assert.Contains(defined, f => f.Name == "Sigmoid");
        foreach (Function word in defined)
        {
            Term definition = ExpressionReader.Read(word.Definition!())[0];
            for (double x = 0.125; x < 4; x += 0.375)
            {
                double expected = word.Evaluate([x]);
                Assert.True(Math.Abs(Evaluation.Of([definition], [x])[0] - expected) <= 1e-12 * Math.Max(1, Math.Abs(expected)), $"{word.Name}({x})");
            }
        }
    }

    [Fact]
    public void Derivatives_by_themselves_are_gradients_where_that_of_the_output_is_1()
    {
        foreach (Sample sample in Registry.Samples().Where(s => s.Op is Elementwise { IsUnary: true } && s.Inputs[0].DType == DType.F64 && s.Inputs[0].Elements > 0).DistinctBy(s => s.Op.Name))
        {
            Tensor x = sample.Inputs[0].Detach().Copy().AsParameter("x"), y = sample.Op.Apply(x);
            if (!y.RequiresGrad) continue;
            y.Sum().Backward();
            if (x.Grad is null) continue;
            double[] slopes = [.. ((Elementwise)sample.Op).Slopes(x.ToArray<double>(), y.ToArray<double>())];
            Assert.All(x.Grad.ToArray<double>().Zip(slopes), pair => Assert.True(pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= 1e-12 * Math.Max(1, Math.Abs(pair.First)), $"{sample.Op}: {pair.Second} should be {pair.First}"));
        }
    }

    sealed record Silent : Op
    {
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[0].Spec;

        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) => outputs[0].CopyFrom(inputs[0].Detach());

        protected internal override Tensor? Vjp(Cotangents dy, int input) => dy.Gradient;
    }
}
