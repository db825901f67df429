#pragma warning disable CA1822
using System.Linq.Expressions;

namespace Adjoint
{
    /// <summary>Placeholder until the formula branch lands.</summary>
    public sealed class Formula : IEquatable<Formula>
    {
        /// <summary>p</summary>
        public static Formula Identity { get; } = new();
        /// <summary>p</summary>
        public static Formula Of(Expression<Func<double, double>> f) => new();
        /// <summary>p</summary>
        public static Formula Of(Expression<Func<double, double, double>> f) => new();
        /// <summary>p</summary>
        public static Formula Of(Expression<Func<double, double, double, double>> f) => new();
        /// <summary>p</summary>
        public static Formula Of(Expression<Func<double, double, double, double, double>> f) => new();
        /// <summary>p</summary>
        public static Formula Of(Expression<Func<double, double, double, double, double, double>> f) => new();
        /// <summary>p</summary>
        public Formula WithDerivative(int input, Expression<Func<double, double, double, double>> f) => this;
        /// <summary>p</summary>
        public int Inputs { get; }
        /// <summary>p</summary>
        public bool IsIntegral { get; }
        /// <summary>p</summary>
        public bool IsZero { get; }
        /// <summary>p</summary>
        public bool IsIdentity { get; }
        /// <summary>p</summary>
        public double[] Evaluate(ReadOnlySpan<double> inputs) => [];
        /// <summary>p</summary>
        public GradientFormula Vjp(int input) => null!;
        /// <inheritdoc/>
        public bool Equals(Formula? other) => false;
        /// <inheritdoc/>
        public override bool Equals(object? obj) => false;
        /// <inheritdoc/>
        public override int GetHashCode() => 0;
    }
    /// <summary>p</summary>
    public sealed record GradientFormula(Formula Formula, IReadOnlyList<int> Inputs, IReadOnlyList<int> Outputs, IReadOnlyList<int> Gradients);
}
namespace Adjoint.Kernels
{
    internal unsafe struct Operand { public void* Data; public DType DType; public long[] Shape; public long[] Strides; }
    internal static class Elementwise { public static void Run(Formula f, DType compute, ReadOnlySpan<Operand> inputs, ReadOnlySpan<Operand> outputs) { } }
}
