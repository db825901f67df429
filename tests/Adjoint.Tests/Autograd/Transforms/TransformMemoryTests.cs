using Xunit;

namespace Adjoint.Tests.Autograd.Transforms;

/// <summary>Transforms give everything back: inside a scope that is never left the live set stays flat.</summary>
[Collection(Alone.Name)]
public class TransformMemoryTests
{
    static readonly Tensor Weight = new Generator(1).Normal([20, 20]).AsBuffer();

    // Written out, so that the weight is drawn before the first test rather than at its first use, inside Vmap.
    static TransformMemoryTests()
    {
    }

    static Tensor F(Tensor x) => x.MatMul(Weight).Tanh().Softmax(0).LogSumExp(0) + (x * x).Sum();

    public static TheoryData<string, Func<Tensor, Tensor>> Calls => new()
    {
        { "grad", Transform.Grad(F) },
        { "value and grad", x => Transform.ValueAndGrad(F)(x).Value },
        { "grad of grad", Transform.Grad(x => Transform.Grad(F)(x).Sum()) },
        { "jvp", x => Transform.Jvp(F, x, x).Tangent },
        { "jacobian", Transform.Jacobian(x => x.Exp()) },
        { "hessian", Transform.Hessian(F) },
        { "hvp", x => Transform.Hvp(F, x, x) },
        { "vmap of grad", x => Transform.Vmap(Transform.Grad(F))(x.Unsqueeze(0).Expand([6, 20])) },
        { "grad of vmap", Transform.Grad(x => Transform.Vmap(F)(x.Unsqueeze(0).Expand([6, 20])).Sum()) },
    };

    [Theory, MemberData(nameof(Calls), DisableDiscoveryEnumeration = true)]
    public void Repeated_calls_hold_nothing_but_their_results(string name, Func<Tensor, Tensor> call)
    {
        Assert.NotEmpty(name);
        using Scope program = Scope.Begin("program");
        Tensor x = new Generator(2).Normal([20]);
        Step();
        long before = TensorMemory.LiveBytes;
        for (int i = 0; i < 3; i++) Step();
        Assert.Equal(before, TensorMemory.LiveBytes);

        void Step()
        {
            using Scope step = Scope.Begin("step");
            Tensor result = call(x);
            Assert.False(result.HasGraph);
            Assert.True(double.IsFinite(result.Sum().Item()));
        }
    }

    [Fact]
    public void A_call_leaves_only_its_result_in_the_callers_scope()
    {
        using Scope program = Scope.Begin("program");
        Tensor x = new Generator(2).Normal([20]);
        Func<Tensor, Tensor> call = Transform.Vmap(Transform.Grad(F));
        Tensor xs = x.Unsqueeze(0).Expand([6, 20]);
        _ = call(xs);
        long before = TensorMemory.LiveBytes;
        Tensor result = call(xs);
        Assert.InRange(TensorMemory.LiveBytes - before, result.Elements * 4, (result.Elements * 4) + 256);
    }
}
