namespace Adjoint;

/// <summary>Adds quarter turns to tensors.</summary>
public static class Rot90Syntax
{
    extension(Tensor x)
    {
        /// <summary>Turned by <paramref name="turns"/> quarters in the plane of two axes, from the first towards the second.</summary>
        /// <param name="turns">How many quarters; negative numbers turn back.</param>
        /// <param name="dim1">The first axis.</param>
        /// <param name="dim2">The second axis.</param>
        /// <exception cref="ShapeException">An axis does not exist, or both are the same.</exception>
        public Tensor Rot90(int turns = 1, int dim1 = 0, int dim2 = 1)
        {
            int a = x.Shape.Axis(dim1, "rot90"), b = x.Shape.Axis(dim2, "rot90");
            if (a == b) throw new ShapeException($"rot90: the two axes must differ, but both are {a}.");
            return (((turns % 4) + 4) % 4) switch
            {
                1 => x.Flip(b).Transpose(a, b),
                2 => x.Flip(a, b),
                3 => x.Flip(a).Transpose(a, b),
                _ => x,
            };
        }
    }
}
