using System.Linq.Expressions;
using System.Reflection;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Formulas;

/// <summary>One word of the formula language: what it is in <c>double</c>, over lanes, and how a gradient passes through it.</summary>
internal abstract class Function(string name, int arity, Func<LambdaExpression>[] slopes)
{
    readonly Term?[] _slopes = new Term?[arity];

    public string Name => name;

    public int Arity => arity;

    /// <summary>A rough number of instructions, for deciding on unrolling.</summary>
    public int Cost { get; init; } = 1;

    /// <summary>Whether the function has a meaning on integers.</summary>
    public virtual bool Integral => false;

    /// <summary>Whether, on integers, the function gives its argument back.</summary>
    public bool KeepsIntegers { get; init; }

    /// <summary>The infix operator it is printed as, if it has one.</summary>
    public string? Symbol { get; init; }

    /// <summary>What a word of one argument means in simpler ones, for people; it is computed in other, more accurate ways.</summary>
    public Func<LambdaExpression>? Definition { get; init; }

    /// <summary>The reference, in double. A condition is 1 or 0.</summary>
    public abstract double Evaluate(ReadOnlySpan<double> a);

    /// <summary>What a gradient <paramref name="dy"/> of the result <paramref name="y"/> is worth to one argument.</summary>
    public virtual Term Pull(int argument, Term[] arguments, Term y, Term dy)
    {
        if (ReferenceEquals(this, Functions.Select))
            return argument switch
            {
                0 => Algebra.Zero,
                1 => Algebra.If(arguments[0], dy, Algebra.Zero),
                _ => Algebra.If(arguments[0], Algebra.Zero, dy),
            };
        return slopes.Length == 0 ? Algebra.Zero : Algebra.Times(dy, Slope(argument).With([.. arguments, y]));
    }

    /// <summary>∂y/∂argument as a term over (arguments…, y). Made when first needed: the slopes are written in the very table that is being built, and few of them are ever used.</summary>
    Term Slope(int argument) => _slopes[argument] ??= ExpressionReader.Read(slopes[argument]())[0];

    /// <summary>The static method that computes it for lanes <typeparamref name="V"/>.</summary>
    public abstract MethodInfo Method<V, T>() where V : struct, ILanes<V, T>;

    /// <summary>Computes <paramref name="count"/> values (a multiple of the lanes) from blocks into a block, over the widest lanes there are.</summary>
    /// <remarks>One method for each compute type, in the very class of the word: what a generic or an inherited virtual method leads to is not compiled ahead.</remarks>
    public abstract unsafe void Block(float** arguments, float* result, nint count);

    /// <inheritdoc cref="Block(float**, float*, nint)"/>
    public abstract unsafe void Block(double** arguments, double* result, nint count);

    /// <inheritdoc cref="Block(float**, float*, nint)"/>
    public abstract unsafe void Block(long** arguments, long* result, nint count);
}
