using Xunit;

namespace Adjoint.Tests.Autograd;

/// <summary>What switches recording on and off, and what must not be lost while it is on.</summary>
public class RecordingTests
{
    [Fact]
    public void The_default_NoGrad_has_nothing_to_restore()
    {
        using (NoGrad.Suspend())
        {
            bool evaluating = false;
            using (evaluating ? NoGrad.Scope() : default) { }

            Assert.True((Tensor.Ones([1]).AsParameter() * 2).RequiresGrad);
        }
    }

    [Fact]
    public void NoGrad_ends_on_the_thread_where_it_began()
    {
        NoGrad off = NoGrad.Scope();
        try
        {
            Exception? error = null;
            var other = new Thread(() => error = Record.Exception(off.Dispose));
            other.Start();
            other.Join();
            Assert.IsType<InvalidOperationException>(error);
            Assert.StartsWith("no grad: recording is switched for one thread, but it was switched on thread ", error.Message, StringComparison.Ordinal);
        }
        finally { off.Dispose(); }
    }

    [Fact]
    public void An_exception_in_the_middle_of_a_pass_leaves_scopes_and_recording_as_they_were()
    {
        Tensor x = Tensor.Ones([2]).AsParameter();
        Tensor y = new Failing().Apply(x * 2).Sum();
        using (Scope scope = Scope.Begin("step"))
        {
            Assert.Throws<NotSupportedException>(() => y.Backward());
            Assert.Same(scope, Scope.Current);
        }

        (x * 3).Sum().Backward();
        Assert.Equal([3f, 3f], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void An_in_place_copy_of_values_that_require_a_gradient_is_refused()
    {
        Tensor x = Tensor.Ones([2]).AsParameter(), buffer = Tensor.Zeros([2]);
        var error = Assert.Throws<GraphException>(() => buffer.CopyFrom(x * 2));
        Assert.Equal("copy from: an in-place write is not recorded, but the source of shape [2] requires a gradient. Hint: call Detach on the source, or write under NoGrad.Scope().", error.Message);
        buffer.CopyFrom((x * 2).Detach());
        Assert.Equal([2f, 2f], buffer.ToArray<float>());
    }

    [Fact]
    public void What_an_operation_computes_on_its_way_is_not_recorded()
    {
        Tensor x = Tensor.From([3.0, 4]).AsParameter();
        Tensor y = new Cubed().Apply(x);
        y.Sum().Backward();
        Assert.Equal([27, 64], y.ToArray<double>());
        Assert.Equal([27, 48], x.Grad!.ToArray<double>());
    }

    sealed record Failing : Op
    {
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = new(inputs[0].Shape, inputs[0].DType);

        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) => outputs[0].Fill(1);

        protected internal override Tensor? Vjp(Cotangents dy, int input) => throw new NotSupportedException();
    }

    sealed record Cubed : Op
    {
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = new(inputs[0].Shape, inputs[0].DType);

        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            Tensor cube = inputs[0] * inputs[0] * inputs[0];
            Assert.False(cube.RequiresGrad);
            outputs[0].CopyFrom(cube);
        }

        protected internal override Saves Needs(int input) => Saves.Input(0);

        protected internal override Tensor? Vjp(Cotangents dy, int input) => dy.Gradient * 3 * dy.Input(0) * dy.Input(0);
    }
}
