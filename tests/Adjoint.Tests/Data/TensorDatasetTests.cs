using Adjoint.Data;
using Xunit;

namespace Adjoint.Tests.Data;

public class TensorDatasetTests
{
    [Fact]
    public void Rows_are_copied_in_the_order_asked_for()
    {
        (Tensor inputs, Tensor targets) = Sets.Numbered(7).Fetch([6, 0, 6, 2]);
        Assert.Equal([4, 2], inputs.Shape);
        Assert.Equal([6f, 6.5f, 0f, 0.5f, 6f, 6.5f, 2f, 2.5f], inputs.ToArray<float>());
        Assert.Equal([0L, 0, 0, 2], targets.ToArray<long>());
        Assert.Equal([0, 2], Sets.Numbered(7).Fetch([]).Inputs.Shape);
    }

    [Fact]
    public void Every_element_type_and_shape_goes_through()
    {
        var set = new TensorDataset(Tensor.From([(Half)1, (Half)2, (Half)3, (Half)4], [2, 1, 2]), Tensor.From([true, false]));
        (Tensor inputs, Tensor targets) = set.Fetch([1]);
        Assert.Equal([1, 1, 2], inputs.Shape);
        Assert.Equal([(Half)3, (Half)4], inputs.ToArray<Half>());
        Assert.Equal([false], targets.ToArray<bool>());
    }

    [Fact]
    public void Strided_tensors_are_data_too()
    {
        var set = new TensorDataset(Tensor.From([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]).Permute(1, 0), Tensor.From([0L, 1, 2]));
        Assert.Equal([3f, 6f, 1f, 4f], set.Fetch([2, 0]).Inputs.ToArray<float>());
    }

    [Fact]
    public void The_data_outlives_the_scope_it_was_made_in()
    {
        TensorDataset set;
        using (Scope.Begin("reading")) set = Sets.Numbered(3);
        Assert.Equal([1f, 1.5f], set.Fetch([1]).Inputs.ToArray<float>());
        Assert.False(set.Inputs.IsReleased);
    }

    [Fact]
    public void Changing_a_batch_leaves_the_data_set_alone()
    {
        TensorDataset set = Sets.Numbered(3);
        set.Fetch([0, 1, 2]).Inputs.CopyFromBytes(0xFF);
        Assert.Equal([0f, 0.5f, 1f, 1.5f, 2f, 2.5f], set.Inputs.ToArray<float>());
    }

    [Fact]
    public void Every_rule_has_its_sentence()
    {
        Tensor x = Tensor.From([1f, 2f, 3f, 4f], [2, 2]);
        Assert.Equal("data set: every input must have a target, but inputs are [2, 2] and targets are [3].", Assert.Throws<ShapeException>(() => new TensorDataset(x, Tensor.From([1L, 2, 3]))).Message);
        Assert.Equal("data set: inputs and targets must have rows, but inputs are [2, 2] and targets are [].", Assert.Throws<ShapeException>(() => new TensorDataset(x, Tensor.From([1L], []))).Message);
        Assert.Equal("data set: labels must be from 0 to 2, but that of row 1 is 3.", Assert.Throws<DataException>(() => TensorDataset.Classification(x, Tensor.From([0L, 3]), 3)).Message);
        Assert.Equal("data set: labels must be from 0 to 2, but that of row 0 is -1.", Assert.Throws<DataException>(() => TensorDataset.Classification(x, Tensor.From([-1, 0]), 3)).Message);
        Assert.Equal("data set: labels must be I64, I32 or U8, but they are F32.", Assert.Throws<DTypeException>(() => TensorDataset.Classification(x, Tensor.From([0f, 1f]), 3)).Message);
        Assert.Equal("data set: labels must be [N], one class an example, but they are [2, 1].", Assert.Throws<ShapeException>(() => TensorDataset.Classification(x, Tensor.From([0L, 1], [2, 1]), 3)).Message);
        Assert.StartsWith("data set: rows must be from 0 to 1, but one is 2.", Assert.Throws<ArgumentOutOfRangeException>(() => new TensorDataset(x, x).Fetch([0, 2])).Message, StringComparison.Ordinal);
        Assert.StartsWith("data set: rows must be from 0 to 1, but one is -1.", Assert.Throws<ArgumentOutOfRangeException>(() => new TensorDataset(x, x).Fetch([-1])).Message, StringComparison.Ordinal);
        Assert.Equal("batch: every input must have a target, but inputs are [2, 2] and targets are [1].", Assert.Throws<ShapeException>(() => new Batch(x, Tensor.From([1f]))).Message);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_named()
    {
        const string Sentence = "data set: numbers must be finite, but row 1, column 0 of the inputs is not. Hint: rows and columns count from 0, and columns go through all axes but the first.";
        Tensor labels = Tensor.From([0L, 1]);
        Assert.Equal(Sentence, Assert.Throws<DataException>(() => new TensorDataset(Tensor.From([1f, 2f, float.NaN, 4f], [2, 2]), labels, checkFinite: true)).Message);
        Assert.Equal(Sentence, Assert.Throws<DataException>(() => new TensorDataset(Tensor.From([1, 2, double.NegativeInfinity, 4], [2, 2]), labels, checkFinite: true)).Message);
        Assert.Equal(Sentence, Assert.Throws<DataException>(() => new TensorDataset(Tensor.From([Half.One, Half.One, Half.NaN, Half.One], [2, 2]), labels, checkFinite: true)).Message);
        Assert.Equal(Sentence, Assert.Throws<DataException>(() => new TensorDataset(Tensor.From([(BFloat16)1, (BFloat16)1, (BFloat16)float.NaN, (BFloat16)1], [2, 2]), labels, checkFinite: true)).Message);
        Assert.Equal(2, new TensorDataset(Tensor.From([1f, float.NaN]), labels).Count);
    }
}

internal static class Overwriting
{
    public static unsafe void CopyFromBytes(this Tensor tensor, byte value) => new Span<byte>(tensor.Data, (int)tensor.Elements * tensor.DType.Bytes).Fill(value);
}
