namespace Adjoint.Ops;

/// <summary>What a cross-entropy means, in plain double arithmetic, and the samples that show it.</summary>
internal static class CrossEntropyMeaning
{
    /// <summary>The loss of every row, and what a mean divides their sum by.</summary>
    public static (Plain Each, double Total) Rows(CrossEntropy op, Plain[] inputs)
    {
        Plain x = inputs[0], target = inputs[1];
        Plain r = Target(op, x.Shape, target, op.Weighted ? inputs[2] : null);
        Axes classes = Axes.Of([1], x.Shape, op.Name);
        Plain lse = Groups.Each(x, classes, g => g.Max() + Math.Log(g.Sum(v => Math.Exp(v - g.Max()))));
        Plain terms = Plain.Make(x.Shape, index => r[index] * (lse[index] - x[index]));
        var each = new Plain(x.Shape.Without(1), Groups.Each(terms, classes, g => g.Sum()).Values);
        bool labels = target.Shape != x.Shape;
        double total = labels
            ? target.Values.Where(t => t != op.IgnoreIndex).Sum(t => op.Weighted ? inputs[2].Values[(long)t] : 1)
            : (double)x.Shape.Elements / x.Shape[1];
        return (each, total);
    }

    /// <summary>r: the weight of every class in every row's target, smoothing, ignored rows and class weights included.</summary>
    public static Plain Target(CrossEntropy op, Shape shape, Plain target, Plain? weight)
    {
        double smooth = op.LabelSmoothing / shape[1];
        return Plain.Make(shape, index =>
        {
            double w = weight is null ? 1 : weight.Values[index[1]];
            if (target.Shape == shape) return w * (((1 - op.LabelSmoothing) * target[index]) + smooth);
            double label = target[[index[0], .. index[2..]]];
            return label == op.IgnoreIndex ? 0 : w * ((label == index[1] ? 1 - op.LabelSmoothing : 0) + smooth);
        });
    }

    /// <summary>r for labels, without class weights, as a tensor.</summary>
    public static Tensor Distribution(CrossEntropy op, Shape shape, Tensor labels)
    {
        Tensor ignored = labels.EqualTo(op.IgnoreIndex);
        Tensor ones = labels.To(DType.I64).MaskedFill(ignored, 0).OneHot(shape[1], DType.F64).MoveDim(-1, 1);
        return ((ones * (1 - op.LabelSmoothing)) + (op.LabelSmoothing / shape[1])).MaskedFill(ignored.Unsqueeze(1), 0);
    }

    public static IEnumerable<Sample> Samples(Generator random)
    {
        Tensor Draw(Shape shape) => random.Normal(shape, dtype: DType.F64);
        Tensor weight = random.Uniform([5], 0.3, 2, DType.F64);
        foreach (Reduction reduction in (Reduction[])[Reduction.Mean, Reduction.Sum, Reduction.None])
        {
            yield return new(new CrossEntropy(reduction, 0, -100, false), Draw([6, 5]), random.Integers([6], 0, 5));
            yield return new(new CrossEntropy(reduction, 0.1, 2, true), Draw([6, 5]), Tensor.From([0L, 2, 1, 4, 2, 3]), weight) { Constant = [2] };
            yield return new(new CrossEntropy(reduction, 0, -100, true), Draw([2, 5, 3]), random.Integers([2, 3], 0, 5), weight) { Constant = [2] };
            yield return new(new CrossEntropy(reduction, 0.2, -100, false), Draw([3, 37]), Draw([3, 37]).Softmax(1));
            yield return new(new CrossEntropy(reduction, 0, -100, true), Draw([3, 5, 2]), Draw([3, 5, 2]).Softmax(1), weight) { Constant = [2] };
        }

        yield return new(new CrossEntropy(Reduction.Sum, 0, -100, false), Draw([0, 5]), Tensor.Zeros([0], DType.I64));
        yield return new(new CrossEntropy(Reduction.Mean, 0, -100, false), Draw([3, 1]), Tensor.Zeros([3], DType.I64)) { SecondOrder = false };
    }
}
