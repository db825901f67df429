namespace Adjoint;

/// <summary>Adds division by a norm to tensors.</summary>
public static class NormalizeSyntax
{
    extension(Tensor x)
    {
        /// <summary>Vectors of length one: <c>y = x / max(‖x‖ₚ, ε)</c> along an axis.</summary>
        /// <param name="p">The order of the norm.</param>
        /// <param name="dim">The axis along which the vectors lie.</param>
        /// <param name="epsilon">The least norm that is divided by.</param>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        public Tensor Normalize(double p = 2, int dim = 1, double epsilon = 1e-12) => x / x.Norm(p, [dim], keepDim: true).Clamp(epsilon);
    }
}
