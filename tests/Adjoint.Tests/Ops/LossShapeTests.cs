using System.Reflection;
using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>No loss broadcasts: predictions [8, 1] beside targets [8] would be compared 64 times, and training would seem to work.</summary>
public class LossShapeTests
{
    const string Hint = " Hint: Losses do not broadcast; bring one to the other's shape with Reshape.";

    static readonly Tensor Column = Tensor.Zeros([8, 1]), Row = Tensor.Zeros([8]), Labels = Tensor.Zeros([8, 1], DType.I64), Lengths = Tensor.Ones([8], DType.I64);

    static readonly Dictionary<string, (Func<Tensor> Use, string Sentence)> Uses = new()
    {
        ["BinaryCrossEntropy"] = (() => Column.BinaryCrossEntropy(Row), "binary_cross_entropy: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["BinaryCrossEntropyWithLogits"] = (() => Column.BinaryCrossEntropyWithLogits(Row), "binary_cross_entropy_with_logits: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["CosineEmbeddingLoss"] = (() => Column.CosineEmbeddingLoss(Column, Column), "cosine_embedding_loss: x must be [N, D] or [D] and the target [N] or [], but x is [8, 1] and the target is [8, 1]."),
        ["CrossEntropy"] = (() => Tensor.Zeros([8, 3]).CrossEntropy(Labels), "cross_entropy: labels must have the shape of the logits without the class axis, but logits are [8, 3] and the target is [8, 1]. Hint: drop the last axis with Squeeze(-1)."),
        ["CtcLoss"] = (() => Tensor.Zeros([4, 8, 3]).CtcLoss(Labels + 1, Lengths, Lengths.Unsqueeze(1)), "ctc_loss: there must be a length for each sample, but input lengths are [8], target lengths are [8, 1] and log-probabilities are [4, 8, 3]."),
        ["GaussianNllLoss"] = (() => Column.GaussianNllLoss(Row, Column + 1), "gaussian_nll_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["HingeEmbeddingLoss"] = (() => Column.HingeEmbeddingLoss(Row), "hinge_embedding_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["HuberLoss"] = (() => Column.HuberLoss(Row), "huber_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["KlDiv"] = (() => Column.KlDiv(Row), "kl_div: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["L1Loss"] = (() => Column.L1Loss(Row), "l1_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["MarginRankingLoss"] = (() => Column.MarginRankingLoss(Column, Row), "margin_ranking_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["MseLoss"] = (() => Column.MseLoss(Row), "mse_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["MultiMarginLoss"] = (() => Tensor.Zeros([8, 3]).MultiMarginLoss(Labels), "multi_margin_loss: x must be [N, C] and the target [N], but they are [8, 3] and [8, 1]."),
        ["MultilabelSoftMarginLoss"] = (() => Column.MultilabelSoftMarginLoss(Row), "multilabel_soft_margin_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["NllLoss"] = (() => Tensor.Zeros([8, 3]).NllLoss(Labels), "nll_loss: labels must have the shape of x without the class axis, but x is [8, 3] and the target is [8, 1]."),
        ["PoissonNllLoss"] = (() => Column.PoissonNllLoss(Row), "poisson_nll_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["SmoothL1Loss"] = (() => Column.SmoothL1Loss(Row), "smooth_l1_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["SoftMarginLoss"] = (() => Column.SoftMarginLoss(Row), "soft_margin_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]." + Hint),
        ["TripletMarginLoss"] = (() => Column.TripletMarginLoss(Column, Row), "triplet_margin_loss: the three must have one shape, and an axis of vectors, but the anchor is [8, 1], the positive is [8, 1] and the negative is [8]."),
    };

    public static TheoryData<string> Losses => [.. Uses.Keys];

    [Theory, MemberData(nameof(Losses))]
    public void Shapes_that_would_broadcast_are_refused(string loss)
    {
        (Func<Tensor> use, string sentence) = Uses[loss];
        Assert.Equal(sentence, Assert.Throws<ShapeException>(use).Message);
    }

    [Fact]
    public void Every_loss_is_in_the_list()
    {
        IEnumerable<string> losses = typeof(Tensor).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.ReturnType == typeof(Tensor) && method.GetParameters().Any(p => p.ParameterType == typeof(Reduction)))
            .Select(method => method.Name).Distinct();
        Assert.Equal(losses.Order(StringComparer.Ordinal), Uses.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Weights_of_classes_must_be_as_many_as_classes()
    {
        Tensor x = Tensor.Zeros([8, 3]), two = Tensor.Ones([2]), labels = Tensor.Zeros([8], DType.I64);
        Says("cross_entropy: there must be one weight a class, but the weight is [2] and logits are [8, 3].", () => x.CrossEntropy(labels, two));
        Says("nll_loss: there must be one weight a class, but the weight is [2] and x is [8, 3].", () => x.NllLoss(labels, two));
        Says("multi_margin_loss: there must be one weight a class, but the weight is [2] and x is [8, 3].", () => x.MultiMarginLoss(labels, weight: two));
        Says("multilabel_soft_margin_loss: the weight must broadcast to x, but x is [8, 3] and the weight is [2].", () => x.MultilabelSoftMarginLoss(x, two));
    }

    static void Says(string sentence, Func<Tensor> use) => Assert.Equal(sentence, Assert.Throws<ShapeException>(use).Message);
}
