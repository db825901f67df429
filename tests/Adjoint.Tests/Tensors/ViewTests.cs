using Adjoint.Kernels.Copy;
using Adjoint.Ops;
using CsCheck;
using Xunit;

namespace Adjoint.Tests.Tensors;

/// <summary>Random chains of views against a model that moves plain numbers about one by one.</summary>
public class ViewTests
{
    static readonly Gen<int[]> Choices = Gen.Int[0, 1_000_000].Array[40];

    [Fact]
    public void Chains_of_views_show_the_elements_that_the_model_says() => Choices.Sample(choices =>
    {
        var chain = new ViewChain(choices);
        Tensor view = chain.Start.Alias();
        while (chain.Next(ref view)) Assert.Equal(chain.Model.Values, Plain.From(view).Values);
        Assert.Equal(chain.Model.Shape, view.Shape);
    }, iter: 2000);

    [Fact]
    public void Gradients_of_chains_go_back_to_the_elements_they_came_from() => Choices.Sample(choices =>
    {
        var chain = new ViewChain(choices);
        Tensor x = chain.Start.Copy().AsParameter(), view = x;
        while (chain.Next(ref view)) { }
        Tensor dy = Tensor.Arange(1, view.Elements + 1, dtype: DType.F64).Reshape(view.Shape);
        double[] expected = new double[x.Elements], weights = dy.ToArray<double>();
        for (int i = 0; i < weights.Length; i++) expected[(int)chain.Model.Values[i]] += weights[i];
        Tensor dx = Gradients.Of(view, [x], dy)[0]!;
        Assert.Equal(x.Shape, dx.Shape);
        Assert.Equal(expected, dx.ToArray<double>());
    }, iter: 500);

    [Fact]
    public void A_reshape_is_a_view_exactly_where_strides_exist() => Choices.Sample(choices =>
    {
        var chain = new ViewChain(choices);
        Tensor view = chain.Start.Alias();
        while (chain.Next(ref view)) { }
        Shape target = chain.AnotherShape(view.Shape);
        bool possible = view.Elements == 0 || StridesExist(view, target);
        Tensor reshaped = view.Reshape(target);
        Assert.Equal(possible, ReferenceEquals(reshaped.Storage, view.Storage));
        Assert.Equal(Plain.From(view).Values, Plain.From(reshaped).Values);
    }, iter: 3000);

    [Fact]
    public void Views_share_memory()
    {
        Tensor x = Tensor.Arange(0, 24, dtype: DType.F64).Reshape(2, 3, 4);
        Tensor[] views =
        [
            x.Reshape(6, 4), x.Permute(2, 0, 1), x.T, x.Slice(1, 1, 3), x.Slice(2, 0, null, -2), x.Select(0, 1), x.Diagonal(0, 1, 2), x.Unsqueeze(0).Expand([5, 2, 3, 4]),
            x.MoveDim(0, 2), x[1..], x[.., 0], x[TensorIndex.Ellipsis, ^1], x[TensorIndex.NewAxis], x[(..).By(-1)], .. x.Split([1, 2], 1), .. x.Chunk(3, 2), .. x.Unbind(), x.Flatten(1), x.Select(2, 0).Squeeze(),
        ];
        Assert.All(views, view => Assert.Same(x.Storage, view.Storage));
        Tensor[] copies = [x.Copy(), x.Flip(0), x.Roll(1, 1), x.Repeat(1, 1, 1), x.RepeatInterleave(1, 0), x.T.Reshape(24), x[Tensor.From([0L])], x.Tril(), Tensor.Cat([x])];
        Assert.All(copies, copy => Assert.NotSame(x.Storage, copy.Storage));
    }

    [Fact]
    public void Operations_take_axes_that_run_backward()
    {
        var wrong = new List<string>();
        foreach (Sample sample in Registry.Samples())
        {
            using Scope scope = Scope.Begin("backward axes");
            Plain[] expected = [.. sample.Op.ApplyAll(sample.Inputs).Select(Plain.From)];
            Tensor[] reversed = [.. sample.Inputs.Select(x => Enumerable.Range(0, x.Rank).Aggregate(x.Flip(), (y, axis) => y.Slice(axis, step: -1)))];
            double error = OperationCheck.Error(sample.Op.ApplyAll(reversed), expected);
            if (error > OperationCheck.ValueTolerance) wrong.Add($"{sample}: {error}");
        }

        Assert.Empty(wrong);
        Assert.Equal("tensor span: strides must not be negative, but they are [-1]. Hint: call Contiguous first.", Assert.Throws<ShapeException>(() => { _ = Tensor.Zeros([3])[(..).By(-1)].AsTensorSpan<float>(); }).Message);
    }

    [Fact]
    public void Writing_through_views_writes_the_original() => Choices.Sample(choices =>
    {
        var chain = new ViewChain(choices) { Expands = false, Reshapes = false };
        Tensor x = chain.Start.Copy(), view = x;
        while (chain.Next(ref view)) { }
        Tensor values = Tensor.Arange(-view.Elements, 0, dtype: DType.F64).Reshape(view.Shape);
        view[TensorIndex.Ellipsis] = values;
        double[] expected = [.. Enumerable.Range(0, (int)x.Elements).Select(i => (double)i)], written = values.ToArray<double>();
        for (int i = 0; i < written.Length; i++) expected[(int)chain.Model.Values[i]] = written[i];
        Assert.Equal(expected, x.ToArray<double>());
    }, iter: 500);

    [Theory]
    [InlineData(DType.F64), InlineData(DType.F32), InlineData(DType.BF16), InlineData(DType.U8)]
    public void Large_copies_of_every_layout_move_every_element(DType dtype)
    {
        // Long runs, tiles with remainders, many small planes: each is more than one chunk of work.
        (Shape Shape, int[] Order)[] layouts = [([100_001], [0]), ([260, 333], [1, 0]), ([70, 3, 333], [2, 1, 0]), ([9000, 2, 4], [0, 2, 1]), ([3, 40_000], [0, 1]), ([33, 34, 35], [1, 2, 0])];
        foreach ((Shape shape, int[] order) in layouts)
        {
            foreach (long step in new long[] { 1, 2, -1 })
            {
                byte[] bytes = [.. Enumerable.Range(0, (int)shape.Elements * dtype.Bytes).Select(i => (byte)(i * 2654435761L >> 7))];
                Tensor x = new(Tensor.From(bytes).Storage.Retain(), 0, shape, shape.Strides, dtype);
                Tensor view = x.Permute(order).Slice(0, 0, null, step), copy = view.Copy();
                Assert.True(copy.IsContiguous);
                AssertSameBytes(view, copy);
                Tensor back = Tensor.Zeros(x.Shape, dtype), target = back.Permute(order).Slice(0, 0, null, step);
                StridedCopy.Run(copy.Operand, target.Operand);
                AssertSameBytes(view, target);
                GC.KeepAlive(back);
            }
        }
    }

    static unsafe void AssertSameBytes(Tensor expected, Tensor actual)
    {
        int bytes = expected.DType.Bytes, wrong = 0;
        foreach (long[] index in Plain.Indices(expected.Shape))
        {
            long from = 0, to = 0;
            for (int i = 0; i < index.Length; i++) (from, to) = (from + (index[i] * expected.Strides[i]), to + (index[i] * actual.Strides[i]));
            if (!new ReadOnlySpan<byte>((byte*)expected.Data + (from * bytes), bytes).SequenceEqual(new((byte*)actual.Data + (to * bytes), bytes))) wrong++;
        }

        Assert.Equal(0, wrong);
        GC.KeepAlive(expected);
        GC.KeepAlive(actual);
    }

    /// <summary>Straight from the definition: the memory offsets in row-major order, and whether one step per axis explains them all.</summary>
    static bool StridesExist(Tensor x, Shape target)
    {
        long[] offsets = [.. Plain.Indices(x.Shape).Select(index => index.Zip(x.Strides, (i, s) => i * s).Sum())];
        long[] steps = [.. target.Select((size, axis) => size > 1 ? offsets[target.Strides[axis]] - offsets[0] : 0)];
        return Plain.Indices(target).Select(index => index.Zip(steps, (i, s) => i * s).Sum() + offsets[0]).SequenceEqual(offsets);
    }
}
