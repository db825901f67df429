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
    };

    // Scores without a batch are a batch of one.
    static Meaning Rowwise(Func<Tensor, Tensor, Settings, Tensor> loss) => Two((x, target, s) => x.Rank > 1 ? loss(x, target, s) : loss(x.Unsqueeze(0), target.Unsqueeze(0), s).Squeeze());
}
