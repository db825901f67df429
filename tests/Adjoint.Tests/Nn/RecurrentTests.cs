using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

public class RecurrentTests
{
    static readonly Tensor X = new Generator(1).Normal([2, 5, 3], dtype: DType.F64);

    [Fact]
    public void Shapes_and_paths_are_as_documented()
    {
        var lstm = new Lstm(3, 4, new(2), layers: 2, bidirectional: true, dtype: DType.F64);
        (Tensor y, Tensor h, Tensor c) = lstm.Call(X);
        Assert.Equal([2, 5, 8], y.Shape);
        Assert.Equal([4, 2, 4], h.Shape);
        Assert.Equal([4, 2, 4], c.Shape);
        Assert.Equal(["Weights.0.WeightInput", "Weights.0.WeightHidden", "Weights.0.BiasInput", "Weights.0.BiasHidden"], lstm.NamedParameters().Take(4).Select(p => p.Name));
        Assert.Equal([16, 8], lstm.Weights[2].WeightInput.Shape);
        Assert.All(lstm.Parameters(), p => Assert.All(p.ToArray<double>(), v => Assert.InRange(v, -0.5, 0.5)));
        Assert.Equal(4, new Gru(3, 4, new(2), layers: 2, bias: false).Parameters().Count);
    }

    [Fact]
    public void Final_states_are_the_ends_of_the_output()
    {
        var gru = new Gru(3, 4, new(2), bidirectional: true, dtype: DType.F64);
        (Tensor y, Tensor h) = gru.Call(X);
        Assert.Equal(y[.., ^1, ..4].ToArray<double>(), h[0].ToArray<double>());
        Assert.Equal(y[.., 0, 4..].ToArray<double>(), h[1].ToArray<double>());
    }

    [Fact]
    public void A_sequence_in_two_pieces_is_the_whole_sequence()
    {
        var lstm = new Lstm(3, 4, new(2), layers: 2, dtype: DType.F64);
        (Tensor y, _, Tensor c) = lstm.Call(X);
        (Tensor first, Tensor h1, Tensor c1) = lstm.Call(X[.., ..2]);
        (Tensor second, _, Tensor c2) = lstm.Call(X[.., 2..], (h1, c1));
        Assert.Equal(y.ToArray<double>(), Tensor.Cat([first, second], 1).ToArray<double>());
        Assert.Equal(c.ToArray<double>(), c2.ToArray<double>());

        var rnn = new Rnn(3, 4, new(2), relu: true, dtype: DType.F64);
        (Tensor whole, _) = rnn.Call(X);
        Assert.Equal(whole.ToArray<double>()[^4..], rnn.Call(X[.., 2..], rnn.Call(X[.., ..2]).H).Y.ToArray<double>()[^4..]);
        Assert.All(whole.ToArray<double>(), v => Assert.True(v >= 0));
    }

    [Fact]
    public void Walking_backward_is_walking_the_flipped_sequence()
    {
        Tensor w = new Generator(3).Normal([4, 3], dtype: DType.F64), u = new Generator(4).Normal([4, 4], dtype: DType.F64);
        Assert.Equal(X.Flip(1).Rnn(w, u).Y.Flip(1).ToArray<double>(), X.Rnn(w, u, reverse: true).Y.ToArray<double>());
    }

    [Fact]
    public void Gradients_reach_every_operand_to_second_order()
    {
        Tensor Draw(ulong seed, params ReadOnlySpan<long> shape) => new Generator(seed).Normal(Shape.Create(shape), 0, 0.5, DType.F64);
        Tensor[] lstm = [X, Draw(1, 16, 3), Draw(2, 16, 4), Draw(3, 16), Draw(4, 16), Draw(5, 2, 4), Draw(6, 2, 4)];
        Tensor[] gru = [X, Draw(1, 12, 3), Draw(2, 12, 4), Draw(3, 12), Draw(4, 12), Draw(5, 2, 4)];
        Assert.True(GradientCheck.FirstOrder(Lstm, lstm, _ => true) < 1e-6);
        Assert.True(GradientCheck.SecondOrder(Lstm, lstm, _ => true) < 1e-5);
        Assert.True(GradientCheck.FirstOrder(Gru, gru, _ => true) < 1e-6);

        static Tensor[] Lstm(Tensor[] x)
        {
            (Tensor y, Tensor h, Tensor c) = x[0].Lstm(x[1], x[2], x[3], x[4], (x[5], x[6]));
            return [y, h, c];
        }

        static Tensor[] Gru(Tensor[] x)
        {
            (Tensor y, Tensor h) = x[0].Gru(x[1], x[2], x[3], x[4], x[5], reverse: true);
            return [y, h];
        }
    }

    [Fact]
    public void Dropout_acts_between_layers_while_training_only()
    {
        var gru = new Gru(3, 4, new(2), layers: 2, dropout: 0.5, dtype: DType.F64);
        Assert.NotEqual(gru.Call(X).Y.ToArray<double>(), gru.Call(X).Y.ToArray<double>());
        gru.Eval();
        Assert.Equal(gru.Call(X).Y.ToArray<double>(), gru.Call(X).Y.ToArray<double>());
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        Tensor w = Tensor.Zeros([16, 3]), u = Tensor.Zeros([16, 4]);
        void Says(string message, Func<object> use) => Assert.Equal(message, Assert.Throws<ShapeException>(use).Message);
        Says("lstm: x must be [B, T, I] with at least one time step, but it is [2, 3].", () => Tensor.Zeros([2, 3]).Lstm(w, u));
        Says("lstm: weightHidden must be [4H, H], but it is [16, 5].", () => X.Lstm(w, Tensor.Zeros([16, 5])));
        Says("gru: weightInput must be [3H, I], but it is [12, 4], x is [2, 5, 3] and weightHidden is [12, 4].", () => X.Gru(Tensor.Zeros([12, 4]), Tensor.Zeros([12, 4])));
        Says("rnn: a bias must have one element for each row of weightHidden, but it is [3] and weightHidden is [4, 4].", () => X.Rnn(Tensor.Zeros([4, 3]), Tensor.Zeros([4, 4]), Tensor.Zeros([3])));
        Says("lstm: an initial state must be [B, H], but it is [2, 5], x is [2, 5, 3] and weightHidden is [16, 4].", () => X.Lstm(w, u, initial: (Tensor.Zeros([2, 5]), Tensor.Zeros([2, 4]))));
        Says("gru: an initial state must be [2, 2, 4], but it is [1, 2, 4].", () => new Gru(3, 4, new(1), layers: 2).Call(X, Tensor.Zeros([1, 2, 4])));
    }
}
