#:project ../src/Adjoint
#:property PublishAot=false
// An operation, a layer and an optimizer of one's own, outside the library: dotnet run samples/own-parts.cs
using Adjoint;
using Adjoint.Nn;
using Adjoint.Optim;

var random = new Generator(seed: 1);
Tensor x = random.Normal([256, 4]);
Tensor y = x.Square().Sum(1, keepDim: true);

Sequential net = [new Linear(4, 32, random), new Cubic(32), new Linear(32, 1, random)];
Console.WriteLine(net);
var optimizer = new Signum(net.Parameters(), learningRate: 0.003);
for (int step = 1; step <= 300; step++)
{
    using Scope scope = Scope.Begin("step");
    Tensor loss = net.Call(x).MseLoss(y);
    loss.Backward();
    optimizer.Step();
    optimizer.ZeroGrad();
    if (step % 100 == 0) Console.WriteLine($"step {step}: loss {loss.Item():0.0000}");
}

// Mirroring an axis could be written with Flip; here it shows what an operation with a loop of its own looks like.
Tensor z = Tensor.From([1f, 2f, 3f]).AsParameter("z");
(new Mirror().Apply(z) * Tensor.From([1f, 10f, 100f])).Sum().Backward();
Console.WriteLine(z.Grad);

/// <summary>An operation: what comes out, how it is computed, its gradient.</summary>
sealed record Mirror : Op
{
    protected override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        if (inputs[0].Rank != 1 || inputs[0].DType != DType.F32) throw new ShapeException($"{Name}: x must be F32 [N], but it is {inputs[0].DType} {inputs[0].Shape}.");
        outputs[0] = new(inputs[0].Shape, DType.F32);
    }

    protected override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        Tensor x = inputs[0].Contiguous();
        Span<float> y = outputs[0].AsWritableSpan<float>();
        x.AsSpan<float>().CopyTo(y);
        y.Reverse();
        GC.KeepAlive(x);
    }

    protected override Tensor? Vjp(Cotangents dy, int input) => Apply(dy.Gradient);
}

/// <summary>A layer: y = x + scale·x³, with a formula of its own and a parameter.</summary>
sealed class Cubic(long size) : Layer
{
    readonly Tensor _scale = Tensor.Full([size], 0.1).AsParameter();

    protected override Tensor Forward(Tensor x) => x.Zip(_scale, (v, s) => v + s * v * v * v);
}

/// <summary>An optimizer: one formula over weight, gradient, state and scalars. Bernstein et al. 2018, "signSGD: Compressed Optimisation for Non-Convex Problems".</summary>
sealed class Signum(IEnumerable<Tensor> parameters, double learningRate) : FormulaOptimizer([new ParameterGroup(parameters)], learningRate, weightDecay: 0)
{
    protected override Rule MakeRule() => new(Formula.Of((w, g, m, rate) => new[] { w - rate * Math.Sign(0.9 * m + 0.1 * g), 0.9 * m + 0.1 * g }), "mean");

    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars) => scalars[0] = group.LearningRate;
}
