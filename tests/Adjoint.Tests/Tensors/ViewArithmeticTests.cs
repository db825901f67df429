using CsCheck;
using Xunit;

namespace Adjoint.Tests.Tensors;

/// <summary>What is computed with the views of random chains, and written through them, against plain index arithmetic.</summary>
public class ViewArithmeticTests
{
    static readonly Gen<int[]> Choices = Gen.Int[0, 1_000_000].Array[60];

    static (ViewChain Chain, Tensor Start, Tensor View) Make(int[] choices, bool writable = false)
    {
        var chain = new ViewChain(choices) { Expands = !writable, Reshapes = !writable };
        Tensor start = chain.Start.Copy(), view = start;
        while (chain.Next(ref view)) { }
        return (chain, start, view);
    }

    static string Print(int[] choices)
    {
        (ViewChain chain, Tensor start, Tensor view) = Make(choices);
        return $"{start.Shape} -> {view.Shape}, strides [{string.Join(", ", view.ElementStrides)}], elements [{string.Join(", ", chain.Model.Values)}]";
    }

    [Fact]
    public void Reductions_see_the_elements_of_the_model() => Choices.Sample(choices =>
    {
        (ViewChain chain, _, Tensor view) = Make(choices);
        Plain model = chain.Model;
        bool[] reduced = [.. Enumerable.Range(0, view.Rank).Select(_ => chain.Choose(2) == 1)];
        int[] dims = [.. Enumerable.Range(0, view.Rank).Where(axis => reduced[axis])];
        if (dims.Length == 0 || view.Elements == 0) return;
        bool keep = chain.Choose(2) == 1;
        Shape kept = Shape.Create([.. model.Shape.Select((size, axis) => reduced[axis] ? 1 : size)]);
        Plain sums = Plain.Zeros(kept), largest = Plain.Make(kept, _ => double.NegativeInfinity), smallest = Plain.Make(kept, _ => double.PositiveInfinity);
        foreach (long[] index in Plain.Indices(model.Shape))
        {
            sums[index] += model[index];
            largest[index] = Math.Max(largest[index], model[index]);
            smallest[index] = Math.Min(smallest[index], model[index]);
        }

        Shape expected = keep ? kept : Shape.Create([.. model.Shape.Where((_, axis) => !reduced[axis])]);
        foreach ((Plain plain, Tensor actual) in new[] { (sums, view.Sum(dims, keep)), (largest, view.Amax(dims, keep)), (smallest, view.Amin(dims, keep)) })
        {
            Assert.Equal(expected, actual.Shape);
            Assert.Equal(plain.Values, actual.ToArray<double>());
        }
    }, iter: 1000, print: Print);

    [Fact]
    public void Two_views_broadcast_as_the_model_says() => Gen.Select(Choices, Choices).Sample((first, second) =>
    {
        (ViewChain a, _, Tensor x) = Make(first);
        (ViewChain b, _, Tensor y) = Make(second);
        Shape? shape = Shape.Broadcast(x.Shape, y.Shape);
        if (shape is null)
        {
            Assert.Throws<ShapeException>(() => x + y);
            return;
        }

        // Whole numbers below 2¹⁰: every sum is exact.
        Tensor sum = x + (2 * y);
        Assert.Equal(shape, sum.Shape);
        Assert.Equal(Plain.Make(shape, i => a.Model[i] + (2 * b.Model[i])).Values, sum.ToArray<double>());
        Assert.Equal(Plain.Make(shape, i => a.Model[i] < b.Model[i] ? 1 : 0).Values, (x < y).To(DType.F64).ToArray<double>());
    }, iter: 2000, print: p => $"{Print(p.Item1)} and {Print(p.Item2)}");

    [Fact]
    public void Turning_axes_around_turns_the_model() => Choices.Sample(choices =>
    {
        (ViewChain chain, _, Tensor view) = Make(choices);
        int[] dims = [.. Enumerable.Range(0, view.Rank).Where(_ => chain.Choose(2) == 1)];
        if (dims.Length == 0) return;
        Plain expected = Plain.Make(view.Shape, index => chain.Model[[.. index.Select((i, axis) => dims.Contains(axis) ? view.Shape[axis] - 1 - i : i)]]);
        Assert.Equal(expected.Values, view.Flip(dims).ToArray<double>());
        Assert.Equal(chain.Model.Values, view.Flip(dims).Flip(dims).ToArray<double>());
    }, iter: 1000, print: Print);

    [Fact]
    public void Writing_in_place_changes_the_elements_of_the_view_and_no_other() => Choices.Sample(choices =>
    {
        (ViewChain chain, Tensor start, Tensor view) = Make(choices, writable: true);
        double[] expected = start.ToArray<double>();
        switch (chain.Choose(3))
        {
            case 0:
                view.Fill(-7);
                foreach (double at in chain.Model.Values) expected[(int)at] = -7;
                break;
            case 1:
                view.CopyFrom((3 * view) + 1);
                foreach (double at in chain.Model.Values) expected[(int)at] = (3 * at) + 1;
                break;
            default:
                view[TensorIndex.Ellipsis] = Tensor.Scalar(0.5, DType.F64);
                foreach (double at in chain.Model.Values) expected[(int)at] = 0.5;
                break;
        }

        Assert.Equal(expected, start.ToArray<double>());
        Assert.Equal([.. chain.Model.Values.Select(at => expected[(int)at])], view.ToArray<double>());
    }, iter: 1000, print: Print);
}
