using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.PublicApi.Tests;

/// <summary>Everything around the network, built from outside, trains one: data set, layer, loss, optimizer, schedule, gradient sink.</summary>
public class OwnTrainingTests
{
    /// <summary>Points of a parabola, made when they are asked for.</summary>
    sealed class Parabola : IDataset
    {
        public long Count => 64;

        public Batch Fetch(ReadOnlySpan<long> rows)
        {
            double[] x = [.. rows.ToArray().Select(row => (row - 31.5) / 32)];
            return new(Tensor.From(x, [x.Length, 1]), Tensor.From([.. x.Select(v => v * v)], [x.Length, 1]));
        }
    }

    /// <summary>A layer with a parameter, a child and a formula: <c>y = sin(s·Wx)</c>.</summary>
    sealed class Waves(long size, Generator random) : Layer
    {
        readonly Linear _inner = new(1, size, random, dtype: DType.F64);
        readonly Tensor _scale = Tensor.Full([size], 2, DType.F64).AsParameter();

        protected override Tensor Forward(Tensor x) => _inner.Call(x).Zip(_scale, (v, s) => Math.Sin(s * v));
    }

    /// <summary>Momentum in whole tensors, by hand.</summary>
    sealed class HeavyBall(IEnumerable<Tensor> parameters, double learningRate) : Optimizer([new ParameterGroup(parameters)], learningRate, weightDecay: 0)
    {
        protected override (string Name, Shape Shape)[] StatesOf(Tensor parameter) => [("velocity", parameter.Shape)];

        protected override void Update(ReadOnlySpan<Slot> slots)
        {
            using NoGrad off = NoGrad.Scope();
            foreach (Slot slot in slots)
            {
                if (slot.Parameter.Grad is not { } gradient) continue;
                using Scope scope = Scope.Begin("heavy ball");
                Prepare(slot);
                slot.Steps++;
                slot.States[0].CopyFrom((0.9 * slot.States[0]) + gradient.To(slot.StateType));
                slot.Parameter.CopyFrom(slot.Parameter - (slot.Group.LearningRate * slot.States[0]));
            }
        }
    }

    /// <summary>Momentum by one formula.</summary>
    sealed class FormulaBall(IEnumerable<Tensor> parameters, double learningRate) : FormulaOptimizer([new ParameterGroup(parameters)], learningRate, weightDecay: 0)
    {
        protected override Rule MakeRule() => new(Formula.Of((w, g, v, rate) => new[] { w - rate * (0.9 * v + g), 0.9 * v + g }), "velocity");

        protected override void Scalars(ParameterGroup group, long step, Span<double> scalars) => scalars[0] = group.LearningRate;
    }

    /// <summary>A rate that falls as <c>1/(1 + step/k)</c>.</summary>
    sealed record Inverse(double Steps) : Schedule
    {
        public override double At(long step, double rate) => rate / (1 + (step / Steps));
    }

    /// <summary>Cuts every element of a gradient off and hands it on.</summary>
    sealed class ClippingSink : IGradientSink
    {
        public int Received { get; private set; }

        public void Ready(Tensor leaf, Tensor gradient)
        {
            Received++;
            Assert.Equal(leaf.Shape, gradient.Shape);
            leaf.SetGrad(gradient.Clamp(-0.5, 0.5));
        }
    }

    /// <summary>A loss of one's own: <c>mean(ln cosh(y − t))</c>, in one formula.</summary>
    static Tensor LogCosh(Tensor y, Tensor target) => y.Zip(target, (a, b) => Math.Log(Math.Cosh(a - b))).Mean();

    static (double First, double Last, double[] Weights, Optimizer Optimizer) Train(Func<IEnumerable<Tensor>, Optimizer> make)
    {
        var random = new Generator(3);
        Sequential net = [new Waves(16, random), new Linear(16, 1, random, dtype: DType.F64)];
        Optimizer optimizer = make(net.Parameters());
        var schedule = new LearningRateSchedule(optimizer, new Inverse(200));
        var loader = new DataLoader(new Parabola(), batchSize: 16, shuffle: new Generator(5));
        var sink = new ClippingSink();
        optimizer.CheckCovers(net);
        double first = 0, last = 0;
        for (int epoch = 0; epoch < 25; epoch++)
        {
            last = 0;
            foreach ((Tensor x, Tensor y) in loader)
            {
                using Scope scope = Scope.Begin("step");
                Tensor loss = LogCosh(net.Call(x), y);
                loss.Backward(sink: sink);
                optimizer.Step();
                optimizer.ZeroGrad();
                schedule.Step();
                last += loss.Item() / loader.Batches;
            }

            if (epoch == 0) first = last;
        }

        Assert.Equal(25 * 4 * net.Parameters().Count, sink.Received);
        Assert.Equal(100, optimizer.Steps);
        Assert.Equal(0.1 / 1.5, optimizer.LearningRate, 1e-12);
        return (first, last, [.. net.Parameters().SelectMany(p => p.ToArray<double>())], optimizer);
    }

    [Fact]
    public void A_network_of_own_parts_learns_with_either_optimizer_to_the_same_weights()
    {
        (double first, double last, double[] byHand, _) = Train(p => new HeavyBall(p, 0.1));
        Assert.True(last < first / 10, $"{first} -> {last}");
        double[] byFormula = Train(p => new FormulaBall(p, 0.1)).Weights;
        Assert.Equal(byHand.Length, byFormula.Length);
        for (int i = 0; i < byHand.Length; i++) Assert.Equal(byHand[i], byFormula[i], 1e-9);
    }

    [Fact]
    public void The_state_of_an_optimizer_by_hand_is_saved_and_loaded()
    {
        Tensor w = Tensor.From([1.0, 2]).AsParameter("w");
        var ball = new HeavyBall([w], 0.5);
        Go(ball, w);
        OrderedDictionary<string, Tensor> state = ball.State();
        Assert.Equal([2.0, 4], state["w.velocity"].ToArray<double>());
        Tensor again = w.Detach().Copy().AsParameter("w");
        var resumed = new HeavyBall([again], 0.5);
        resumed.LoadState(state);
        Go(ball, w);
        Go(resumed, again);
        Assert.Equal(w.ToArray<double>(), again.ToArray<double>());
        Assert.Equal([-0.9, -1.8], w.ToArray<double>());

        // w = 1: v = 2, w = 0; then v = 1.8, w = −0.9.
        static void Go(HeavyBall optimizer, Tensor w)
        {
            w.Square().Sum().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }
}
