using static Adjoint.Conformance.Rows;

namespace Adjoint.Conformance;

/// <summary>Losses: the prediction first, then the target.</summary>
static class LossRows
{
    public static Dictionary<string, Meaning> Table { get; } = new()
    {
        ["cross_entropy"] = Rowwise((x, target, s) => x.CrossEntropy(target, s.Tensor("weight", x.DType), s.Number("label_smoothing", 0), s.Integer("ignore_index", -100), s.Reduction)),
        ["nll_loss"] = Rowwise((x, target, s) => x.NllLoss(target, s.Tensor("weight", x.DType), s.Integer("ignore_index", -100), s.Reduction)),
        ["mse_loss"] = Two((x, target, s) => x.MseLoss(target, s.Reduction)),
        ["l1_loss"] = Two((x, target, s) => x.L1Loss(target, s.Reduction)),
        ["smooth_l1_loss"] = Two((x, target, s) => x.SmoothL1Loss(target, s.Number("beta", 1), s.Reduction)),
        ["huber_loss"] = Two((x, target, s) => x.HuberLoss(target, s.Number("delta", 1), s.Reduction)),
        ["binary_cross_entropy"] = Two((x, target, s) => x.BinaryCrossEntropy(target, s.Tensor("weight", x.DType), s.Reduction)),
        ["binary_cross_entropy_with_logits"] = Two((x, target, s) => x.BinaryCrossEntropyWithLogits(target, s.Tensor("weight", x.DType), s.Tensor("pos_weight", x.DType), s.Reduction)),
        ["kl_div"] = Two((x, target, s) => s.Text("reduction", "mean") == "batchmean" ? x.KlDivBatchMean(target, s.Flag("log_target", false)) : x.KlDiv(target, s.Reduction, s.Flag("log_target", false))),
        ["cosine_similarity"] = Two((x, other, s) => x.CosineSimilarity(other, s.Integer("dim", 1), s.Number("eps", 1e-8))),
        ["cosine_embedding_loss"] = All((x, s) => x[0].CosineEmbeddingLoss(x[1], x[2], s.Number("margin", 0), s.Reduction)),
        ["margin_ranking_loss"] = All((x, s) => x[0].MarginRankingLoss(x[1], x[2], s.Number("margin", 0), s.Reduction)),
        ["triplet_margin_loss"] = All((x, s) => x[0].TripletMarginLoss(x[1], x[2], s.Number("margin", 1), s.Number("p", 2), s.Flag("swap", false), s.Number("eps", 1e-6), s.Reduction)),
        ["hinge_embedding_loss"] = Two((x, target, s) => x.HingeEmbeddingLoss(target, s.Number("margin", 1), s.Reduction)),
        ["poisson_nll_loss"] = Two((x, target, s) => x.PoissonNllLoss(target, s.Flag("log_input", true), s.Flag("full", false), s.Number("eps", 1e-8), s.Reduction)),
        ["gaussian_nll_loss"] = All((x, s) => x[0].GaussianNllLoss(x[1], x[2], s.Flag("full", false), s.Number("eps", 1e-6), s.Reduction)),
        ["soft_margin_loss"] = Two((x, target, s) => x.SoftMarginLoss(target, s.Reduction)),
        ["multilabel_soft_margin_loss"] = Two((x, target, s) => x.MultilabelSoftMarginLoss(target, s.Tensor("weight", x.DType), s.Reduction)),
        ["multi_margin_loss"] = Two((x, target, s) => x.MultiMarginLoss(target, s.Integer("p", 1), s.Number("margin", 1), s.Tensor("weight", x.DType), s.Reduction)),
        ["triplet_margin_with_distance_loss"] = All((x, s) => x[0].TripletMarginLoss(x[1], x[2], s.Number("margin", 1), swap: s.Flag("swap", false), reduction: s.Reduction)),
        ["pairwise_distance"] = Two((x, other, s) => x.PairwiseDistance(other, s.Number("p", 2), s.Number("eps", 1e-6), s.Flag("keepdim", false))),
        ["cdist"] = Two((x, other, s) => x.Cdist(other, s.Ignore("compute_mode").Number("p", 2))),
        ["ctc_loss"] = All(Ctc),
    };

    // Scores without a batch are a batch of one.
    static Meaning Rowwise(Func<Tensor, Tensor, Settings, Tensor> loss) => Two((x, target, s) => x.Rank > 1 ? loss(x, target, s) : loss(x.Unsqueeze(0), target.Unsqueeze(0), s).Squeeze());

    // The lengths are settings, or further inputs.
    static Tensor Ctc(Tensor[] x, Settings s)
    {
        Tensor Lengths(string name, int place) => s.Has(name) ? Tensor.From(s.Longs(name)) : x[place].Reshape(-1);
        if (x[0].Rank == 2) return Ctc([x[0].Unsqueeze(1), .. x[1..]], s).Squeeze();
        return x[0].CtcLoss(x[1], Lengths("input_lengths", 2), Lengths("target_lengths", 3), s.Integer("blank", 0), s.Reduction, s.Flag("zero_infinity", false));
    }
}
