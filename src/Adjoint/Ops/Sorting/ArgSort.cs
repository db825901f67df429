namespace Adjoint;

using Adjoint.Ops;

/// <summary>Adds the order of elements to tensors.</summary>
public static class ArgSortSyntax
{
    extension(Tensor x)
    {
        /// <summary>The places (I64) of the elements along an axis in the order of their values. Stable; NaN is the largest. No gradient.</summary>
        /// <param name="dim">The axis.</param>
        /// <param name="descending">The largest first.</param>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        [PyTorch("torch.argsort", Differs = "Always stable.")]
        public Tensor ArgSort(int dim = -1, bool descending = false) => new Sort(x.Shape.Axis(dim, "argsort"), descending).ApplyAll(x.Detach())[1];
    }
}
