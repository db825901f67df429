using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

/// <summary>Scales, steps that are left out, and gradients that only scaling keeps.</summary>
public class LossScalerTests
{
    readonly Linear _layer = new(2, 1, new Generator(1), bias: false);
    readonly Sgd _optimizer;

    public LossScalerTests() => _optimizer = new(_layer.Parameters(), 0.5) { Momentum = 0.9 };

    [Fact]
    public void The_usual_constants()
    {
        var scaler = new LossScaler();
        Assert.Equal((65536, 2000), (scaler.Scale, scaler.GrowthInterval));
    }

    [Fact]
    public void The_scale_doubles_after_good_steps_and_halves_after_an_overflow_which_changes_nothing_else()
    {
        var scaler = new LossScaler(8) { GrowthInterval = 3 };
        var scales = new List<double>();
        for (int step = 0; step < 12; step++)
        {
            bool overflows = step is 4 or 5;
            float[] before = _layer.Weight.ToArray<float>();
            string state = State();
            Backward(scaler, overflows ? double.PositiveInfinity : 1);
            Assert.Equal(!overflows, scaler.Step(_optimizer));
            _optimizer.ZeroGrad();
            if (overflows)
            {
                Assert.Equal(before, _layer.Weight.ToArray<float>());
                Assert.Equal(state, State());
            }
            else Assert.NotEqual(before, _layer.Weight.ToArray<float>());
            scales.Add(scaler.Scale);
        }

        Assert.Equal([8, 8, 16, 16, 8, 4, 4, 4, 8, 8, 8, 16], scales);
        Assert.Equal((2, 0, 10), (scaler.Skipped, scaler.SkippedInARow, _optimizer.Steps));

        string State() => string.Join(' ', _optimizer.State().Select(s => $"{s.Key} {string.Join(' ', s.Value.To(DType.F64).ToArray<double>())}"));
    }

    [Fact]
    public void A_step_moves_the_weights_as_without_scaling()
    {
        var twin = new Linear(2, 1, new Generator(1), bias: false);
        var plain = new Sgd(twin.Parameters(), 0.5) { Momentum = 0.9 };
        var scaler = new LossScaler();
        for (int step = 0; step < 5; step++)
        {
            Backward(scaler, step);
            GradientClip.ByNorm(Unscaled(scaler), 0.1);
            scaler.Step(_optimizer);
            _optimizer.ZeroGrad();
            (twin.Call(Tensor.Full([1, 2], step)) * 1.0).Sum().Backward();
            GradientClip.ByNorm(twin.Parameters(), 0.1);
            plain.Step();
            plain.ZeroGrad();
        }

        Assert.Equal(twin.Weight.ToArray<float>(), _layer.Weight.ToArray<float>());
    }

    [Fact]
    public void Gradients_of_1e_8_reach_the_weights_of_F16_only_with_scaling()
    {
        // 0.01 · 1e-6: far below 6·10⁻⁸, the smallest number of F16.
        float without = Trained(null), with = Trained(new LossScaler());
        Assert.Equal(0, without);
        Assert.InRange(with, -1.04f, -0.94f);

        static float Trained(LossScaler? scaler)
        {
            var layer = new Linear(1, 1, new Generator(1), bias: false);
            using (NoGrad.Scope()) layer.Weight.Fill(0);
            var optimizer = new Sgd(layer.Parameters(), 1e6);
            for (int step = 0; step < 100; step++)
            {
                using Scope scope = Scope.Begin("step");
                Tensor loss;
                using (Precision.Float16Mixed.Scope()) loss = (layer.Call(Tensor.Full([1, 1], 0.01)) * 1e-6).Sum();
                if (scaler is null) loss.Backward();
                else scaler.Backward(loss);
                if (scaler is null) optimizer.Step();
                else scaler.Step(optimizer);
                optimizer.ZeroGrad();
            }

            // 2¹⁶ is more than F16 holds, so that the first step was for finding the scale.
            Assert.Equal((scaler is null ? 0 : 1, scaler is null ? 0 : 32768), (scaler?.Skipped ?? 0, scaler?.Scale ?? 0));

            return (float)layer.Weight.Item();
        }
    }

    [Fact]
    public void When_no_scale_helps_that_is_said()
    {
        var scaler = new LossScaler(1);
        var error = Assert.Throws<NonFiniteException>(() =>
        {
            for (int step = 0; step < 100; step++)
            {
                Backward(scaler, double.NaN);
                scaler.Step(_optimizer);
                _optimizer.ZeroGrad();
            }
        });
        Assert.Equal("loss scaler: gradients must be finite at some scale, but 15 steps in a row had none that were, down to a scale of 6.103515625E-05. Hint: open a NanGuard to see where the first one comes from.", error.Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(double.PositiveInfinity)]
    public void A_scale_is_a_power_of_two(double scale) => Assert.StartsWith("loss scaler: the scale must be a power of two above 0, so that it rounds nothing, but it is ", Assert.Throws<ArgumentException>(() => new LossScaler(scale)).Message, StringComparison.Ordinal);

    void Backward(LossScaler scaler, double x)
    {
        using Scope scope = Scope.Begin("step");
        scaler.Backward(_layer.Call(Tensor.Full([1, 2], x)).Sum());
    }

    IEnumerable<Tensor> Unscaled(LossScaler scaler)
    {
        Assert.True(scaler.Unscale(_optimizer));
        return _layer.Parameters();
    }
}
