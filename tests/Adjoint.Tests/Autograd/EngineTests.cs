using Xunit;

namespace Adjoint.Tests.Autograd;

public class EngineTests
{
    static Tensor Parameter(params double[] values) => Tensor.From(values).AsParameter();

    [Fact]
    public void A_product_gives_each_factor_the_other()
    {
        Tensor a = Parameter(2, 3), b = Parameter(5, 7);
        (a * b).Sum().Backward();
        Assert.Equal([5, 7], a.Grad!.ToArray<double>());
        Assert.Equal([2, 3], b.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_value_used_twice_sums_its_gradients_and_passes_accumulate()
    {
        Tensor x = Parameter(3);
        (x * x).Sum().Backward();
        Assert.Equal([6], x.Grad!.ToArray<double>());
        ((x * x) + x).Sum().Backward();
        Assert.Equal([13], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Broadcasting_is_undone_by_summing()
    {
        Tensor row = Tensor.Ones([4], DType.F64).AsParameter(), column = Tensor.Ones([3, 1], DType.F64).AsParameter();
        (row * column).Sum().Backward();
        Assert.Equal([3, 3, 3, 3], row.Grad!.ToArray<double>());
        Assert.Equal([4, 4, 4], column.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_gradient_has_the_type_of_its_tensor()
    {
        Tensor half = Tensor.Ones([3], DType.BF16).AsParameter(), single = Tensor.Ones([3]).AsParameter();
        Tensor sum = (half * single).Sum();
        Assert.Equal(DType.F32, sum.DType);
        sum.Backward();
        Assert.Equal(DType.BF16, half.Grad!.DType);
        Assert.Equal(DType.F32, single.Grad!.DType);
    }

    [Fact]
    public void A_chain_of_a_hundred_thousand_operations_does_not_overflow_the_stack()
    {
        Tensor x = Parameter(1);
        Tensor y = x;
        for (int i = 0; i < 100_000; i++) y = y + 1;
        y.Backward();
        Assert.Equal([1], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void The_graph_is_freed_as_it_is_consumed()
    {
        Tensor x = Parameter(2);
        Tensor y = x * x;
        Tensor z = y.Sum();
        Assert.True(y.Producer!.SavedBytes > 0);
        z.Backward();
        Assert.Equal(0, y.Producer!.SavedBytes);
        var error = Assert.Throws<GraphException>(() => z.Backward());
        Assert.Equal("backward: the graph is freed as it is consumed, but 'reshape' is asked for its gradient a second time. Hint: pass retainGraph: true to the first backward pass.", error.Message);
    }

    [Fact]
    public void A_retained_graph_can_be_used_again()
    {
        Tensor x = Parameter(2);
        Tensor z = (x * x).Sum();
        z.Backward(retainGraph: true);
        z.Backward();
        Assert.Equal([8], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Gradients_of_gradients()
    {
        Tensor x = Parameter(2);
        Tensor y = (x * x * x).Sum();
        Tensor first = Gradients.Of(y, [x], createGraph: true)[0]!;
        Tensor second = Gradients.Of(first, [x], createGraph: true)[0]!;
        Tensor third = Gradients.Of(second, [x])[0]!;
        Assert.Equal(12, first.Item());
        Assert.Equal(12, second.Item());
        Assert.Equal(6, third.Item());
        Assert.Null(x.Grad);
    }

    [Fact]
    public void Gradients_with_respect_to_values_in_the_middle()
    {
        Tensor x = Parameter(3);
        Tensor middle = x * x, unrelated = Parameter(1);
        Tensor?[] found = Gradients.Of((middle * middle).Sum(), [middle, x, unrelated]);
        Assert.Equal(18, found[0]!.Item());
        Assert.Equal(108, found[1]!.Item());
        Assert.Null(found[2]);
    }

    [Fact]
    public void Zeros_say_that_the_slope_is_0_and_null_that_there_is_none()
    {
        Tensor x = Tensor.From([3.0, -2]).AsParameter();
        Assert.Equal([0, 0], Gradients.Of(x.Pow(0).Sum(), [x])[0]!.ToArray<double>());
        Assert.Equal([0, 0], Gradients.Of((x * 0).Sum(), [x])[0]!.ToArray<double>());
        Assert.Null(Gradients.Of(x.Round().Sum(), [x])[0]);
        x.Pow(0).Sum().Backward();
        Assert.Equal([0, 0], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Whole_numbers_have_no_gradient()
    {
        Tensor x = Parameter(3), labels = Tensor.From([1L, 2]);
        Assert.Equal("gradients: inputs must hold floating-point numbers, but input 1 of shape [2] is I64.", Assert.Throws<DTypeException>(() => Gradients.Of((x * x).Sum(), [x, labels])).Message);
        Assert.Equal("parameter: gradients need floating-point elements, but a tensor of shape [2] is I64. Hint: convert it with To(DType.F32).", Assert.Throws<DTypeException>(() => labels.AsParameter()).Message);
    }

    [Fact]
    public void NoGrad_records_nothing_and_Detach_cuts()
    {
        Tensor x = Parameter(3);
        using (NoGrad.Scope())
        {
            Assert.False((x * x).RequiresGrad);
            using (NoGrad.Suspend()) Assert.True((x * x).RequiresGrad);
        }

        (x * x.Detach()).Sum().Backward();
        Assert.Equal([3], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Two_leaves_that_receive_the_same_gradient_do_not_share_it()
    {
        Tensor a = Parameter(1), b = Parameter(1), seed = Tensor.From([4.0]);
        (a + b).Backward(seed);
        using (NoGrad.Scope()) a.Grad!.Fill(9);
        Assert.Equal([4], b.Grad!.ToArray<double>());
        Assert.Equal([4], seed.ToArray<double>());
    }

    [Fact]
    public void Gradients_as_values_share_memory_neither_with_each_other_nor_with_the_seed()
    {
        Tensor a = Parameter(1), b = Parameter(1), seed = Tensor.From([4.0]);
        Tensor sum = a + b;
        Tensor?[] found = Gradients.Of(sum, [a, b, sum], seed);
        found[0]!.Fill(9);
        found[2]!.Fill(8);
        Assert.Equal([9, 4, 8, 4], [found[0]!.Item(), found[1]!.Item(), found[2]!.Item(), seed.Item()]);
    }

    [Fact]
    public void A_saved_value_overwritten_in_place_fails_by_name()
    {
        Tensor x = Parameter(2);
        x.Name = "x";
        Tensor y = (x * x).Sum();
        using (NoGrad.Scope()) x.Fill(5);
        var error = Assert.Throws<GraphException>(() => y.Backward());
        Assert.Equal("backward: multiply saved input 1 'x' [1] for its gradient, but it was overwritten in place afterwards (version 1, now 2). Hint: write in place after the backward pass, or to a copy.", Normal(error.Message));

        // The version a fresh block starts from depends on what the pool has seen before.
        static string Normal(string message) => System.Text.RegularExpressions.Regex.Replace(message, @"version \d+, now \d+", "version 1, now 2");
    }

    [Fact]
    public void In_place_writes_to_what_is_being_differentiated_are_refused()
    {
        Tensor x = Parameter(2);
        x.Name = "weight";
        var error = Assert.Throws<GraphException>(() => x.Fill(0));
        Assert.Equal("fill: a tensor that requires a gradient cannot be written in place while operations are recorded, but 'weight' requires one. Hint: write under NoGrad.Scope(), or to a copy.", error.Message);
    }

    [Fact]
    public void Backward_explains_what_it_needs()
    {
        Tensor x = Parameter(1, 2);
        Assert.Equal("backward: a result of several elements needs the gradient to start from, but its shape is [2] and no gradient was given. Hint: reduce it with Sum or Mean, or pass a gradient.", Assert.Throws<ShapeException>(() => (x * x).Backward()).Message);
        Assert.Equal("backward: the starting gradient must have the shape of the result, but it is [3] and the result is [2].", Assert.Throws<ShapeException>(() => (x * x).Backward(Tensor.Ones([3]))).Message);
        Assert.StartsWith("backward: something that led to the result must require a gradient", Assert.Throws<GraphException>(() => Tensor.Ones([1]).Backward()).Message, StringComparison.Ordinal);
        Assert.Equal("parameter: gradients need floating-point elements, but 'ids' is I64. Hint: convert it with To(DType.F32).", Assert.Throws<DTypeException>(() => Tensor.Arange(3).AsParameter("ids")).Message);
    }

    [Fact]
    public void A_sink_receives_each_finished_gradient_once_newest_use_first()
    {
        Tensor a = Parameter(1), b = Parameter(2);
        a.Name = "a";
        b.Name = "b";
        var sink = new Recording();
        ((a * b) + (b * b)).Sum().Backward(sink: sink);
        Assert.Equal(["a 2", "b 5"], sink.Seen.Order());
        Assert.Null(a.Grad);
    }

    sealed class Recording : IGradientSink
    {
        public List<string> Seen { get; } = [];

        public void Ready(Tensor leaf, Tensor gradient) => Seen.Add($"{leaf.Name} {gradient.Item()}");
    }
}
