using System.Linq.Expressions;
using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds a user's own formulas to tensors.</summary>
public static class MapSyntax
{
    extension(Tensor x)
    {
        /// <summary>A function of one's own, element by element; differentiable and as fast as a built-in.</summary>
        /// <param name="function">An expression over <see cref="Math"/> and <see cref="Vocabulary"/>: <c>x.Map(v =&gt; v * Vocabulary.Sigmoid(v))</c>.</param>
        /// <exception cref="ArgumentException">The expression uses something that a formula has no rule for.</exception>
        [NotInPyTorch("Any C# formula of an element, differentiable and compiled like a built-in: `x.Map(v => v * Vocabulary.Sigmoid(v))`.")]
        public Tensor Map(Expression<Func<double, double>> function) => new Map(Formula.Of(function)).Apply(x);

        /// <summary>A function of one's own of two tensors, element by element; shapes broadcast.</summary>
        /// <inheritdoc cref="Map(Tensor, Expression{Func{double, double}})"/>
        [NotInPyTorch("Any C# formula of the elements of two or three tensors.")]
        public Tensor Zip(Tensor other, Expression<Func<double, double, double>> function) => new Map(Formula.Of(function)).Apply(x, other);

        /// <summary>A function of one's own of three tensors, element by element; shapes broadcast.</summary>
        /// <inheritdoc cref="Map(Tensor, Expression{Func{double, double}})"/>
        public Tensor Zip(Tensor second, Tensor third, Expression<Func<double, double, double, double>> function) => new Map(Formula.Of(function)).Apply(x, second, third);
    }
}
