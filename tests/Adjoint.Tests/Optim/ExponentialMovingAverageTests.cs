using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

/// <summary>Averages against the sum written out.</summary>
public class ExponentialMovingAverageTests
{
    readonly Linear _layer = new(2, 1, new Generator(1), bias: false);

    float Weight => _layer.Weight.ToArray<float>()[0];

    void Put(double value)
    {
        using NoGrad off = NoGrad.Scope();
        _layer.Weight.Fill(value);
    }

    [Theory]
    [InlineData(0.9, false)]
    [InlineData(0.999, true)]
    [InlineData(0, false)]
    public void An_average_follows_the_weights(double decay, bool warmUp)
    {
        Put(1);
        var average = new ExponentialMovingAverage(_layer, decay) { WarmUp = warmUp };
        double expected = 1;
        for (int n = 1; n <= 20; n++)
        {
            Put(n * n);
            average.Update();
            double d = warmUp ? Math.Min(decay, (1.0 + n) / (10.0 + n)) : decay;
            expected = (d * expected) + ((1 - d) * n * n);
        }

        Assert.Equal(400, Weight);
        using (average.Use()) Assert.Equal(expected, Weight, expected * 1e-6);
        Assert.Equal((400, 20), (Weight, average.Updates));
    }

    [Fact]
    public void Averages_are_lent_once_at_a_time_and_given_back_once()
    {
        Put(1);
        var average = new ExponentialMovingAverage(_layer, 0.5);
        Put(3);
        average.Update();
        IDisposable loan = average.Use();
        Assert.Equal(2, Weight);
        Assert.Equal("moving average: the averages are lent once at a time, but the model has them already.", Assert.Throws<GraphException>(() => average.Use()).Message);
        Assert.Throws<GraphException>(average.Update);
        loan.Dispose();
        Put(4);
        loan.Dispose();
        Assert.Equal(4, Weight);
    }

    [Fact]
    public void State_comes_back_and_another_models_is_refused()
    {
        var average = new ExponentialMovingAverage(_layer, 0.5);
        Put(8);
        average.Update();
        var again = new ExponentialMovingAverage(_layer, 0.5);
        again.LoadState(average.State());
        Assert.Equal(1, again.Updates);
        using (average.Use()) Put(Weight);
        float expected, actual;
        using (average.Use()) expected = Weight;
        using (again.Use()) actual = Weight;
        Assert.Equal(expected, actual);
        var other = new ExponentialMovingAverage(new Linear(3, 1, new Generator(1)));
        Assert.Equal(
            "moving average: the state must be that of the same parameters, but there are missing: 'average.Bias'; of another shape: 'average.Weight' ([1, 2] instead of [1, 3]).",
            Assert.Throws<ArgumentException>(() => other.LoadState(average.State())).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void The_decay_is_a_part_of_one(double decay) => Assert.StartsWith("moving average: the decay must be from 0 to below 1, but it is ", Assert.Throws<ArgumentException>(() => new ExponentialMovingAverage(_layer, decay)).Message, StringComparison.Ordinal);
}
