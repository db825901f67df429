namespace Adjoint;

/// <summary>Adds the gated linear unit to tensors.</summary>
public static class GluSyntax
{
    extension(Tensor x)
    {
        /// <summary>Gated linear unit: <c>y = a·σ(b)</c>, a and b the halves of x along an axis.</summary>
        /// <remarks>Source: Dauphin et al. 2017.</remarks>
        /// <param name="dim">The axis, of even size.</param>
        /// <exception cref="ShapeException">The axis does not exist, or its size is odd.</exception>
        public Tensor Glu(int dim = -1)
        {
            int axis = x.Shape.Axis(dim, "glu");
            long half = x.Shape[axis] / 2;
            if (x.Shape[axis] % 2 != 0) throw new ShapeException($"glu: the axis must have an even size, but dim is {dim} and x is {x.Shape}.");
            return x.Slice(axis, 0, half).Zip(x.Slice(axis, half, 2 * half), (a, b) => a * Vocabulary.Sigmoid(b));
        }
    }
}
