using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Formulas;

/// <summary>A function of one argument over lanes: the struct is its name at compile time, so that calls inline.</summary>
internal interface IUnary
{
    static abstract V Apply<V, T>(V x) where V : struct, ILanes<V, T>;
}

/// <summary>A function of two arguments over lanes.</summary>
internal interface IBinary
{
    static abstract V Apply<V, T>(V a, V b) where V : struct, ILanes<V, T>;
}

/// <summary>A function of three arguments over lanes.</summary>
internal interface ITernary
{
    static abstract V Apply<V, T>(V a, V b, V c) where V : struct, ILanes<V, T>;
}

/// <summary>Marks a function that has a meaning on integers too.</summary>
internal interface IOnIntegers;

/// <summary>A word as a loop over blocks.</summary>
internal unsafe interface IBlockLoop
{
    static abstract void Run<V, T>(T** arguments, T* result, nint count) where V : struct, ILanes<V, T>;
}

/// <summary>Runs a word's loop over the widest lanes there are.</summary>
internal static unsafe class Widest
{
    public static void Floating<L, T>(T** arguments, T* result, nint count) where L : struct, IBlockLoop
    {
        if (Vector512.IsHardwareAccelerated) L.Run<Wide512<T>, T>(arguments, result, count);
        else if (Vector256.IsHardwareAccelerated) L.Run<Wide256<T>, T>(arguments, result, count);
        else if (Vector128.IsHardwareAccelerated) L.Run<Wide128<T>, T>(arguments, result, count);
        else L.Run<Lane<T>, T>(arguments, result, count);
    }

    /// <summary>One value at a time is a floating-point thing; two at a time works for integers everywhere.</summary>
    public static void Integers<L>(long** arguments, long* result, nint count) where L : struct, IBlockLoop
    {
        if (Vector512.IsHardwareAccelerated) L.Run<Wide512<long>, long>(arguments, result, count);
        else if (Vector256.IsHardwareAccelerated) L.Run<Wide256<long>, long>(arguments, result, count);
        else L.Run<Wide128<long>, long>(arguments, result, count);
    }
}

internal sealed class Unary<F>(string name, Func<double, double> scalar, params Func<LambdaExpression>[] slopes) : Function(name, 1, slopes)
    where F : struct, IUnary
{
    public override bool Integral => default(F) is IOnIntegers;

    public override double Evaluate(ReadOnlySpan<double> a) => scalar(a[0]);

    public override MethodInfo Method<V, T>() => ((Func<V, V>)F.Apply<V, T>).Method;

    public override unsafe void Block(float** arguments, float* result, nint count) => Widest.Floating<Loop, float>(arguments, result, count);

    public override unsafe void Block(double** arguments, double* result, nint count) => Widest.Floating<Loop, double>(arguments, result, count);

    public override unsafe void Block(long** arguments, long* result, nint count)
    {
        // Known when this is compiled: of functions without a meaning on integers no such loop is made.
        if (default(F) is IOnIntegers) Widest.Integers<Loop>(arguments, result, count);
        else throw new DTypeException($"formula: {Name} has no meaning on integers.");
    }

    readonly unsafe struct Loop : IBlockLoop
    {
        public static void Run<V, T>(T** arguments, T* result, nint count) where V : struct, ILanes<V, T>
        {
            T* a = arguments[0];
            for (nint i = 0; i < count; i += V.Count) V.Store(F.Apply<V, T>(V.Load(a + i)), result + i);
        }
    }
}

internal sealed class Binary<F>(string name, Func<double, double, double> scalar, params Func<LambdaExpression>[] slopes) : Function(name, 2, slopes)
    where F : struct, IBinary
{
    public override bool Integral => default(F) is IOnIntegers;

    public override double Evaluate(ReadOnlySpan<double> a) => scalar(a[0], a[1]);

    public override MethodInfo Method<V, T>() => ((Func<V, V, V>)F.Apply<V, T>).Method;

    public override unsafe void Block(float** arguments, float* result, nint count) => Widest.Floating<Loop, float>(arguments, result, count);

    public override unsafe void Block(double** arguments, double* result, nint count) => Widest.Floating<Loop, double>(arguments, result, count);

    public override unsafe void Block(long** arguments, long* result, nint count)
    {
        // Known when this is compiled: of functions without a meaning on integers no such loop is made.
        if (default(F) is IOnIntegers) Widest.Integers<Loop>(arguments, result, count);
        else throw new DTypeException($"formula: {Name} has no meaning on integers.");
    }

    readonly unsafe struct Loop : IBlockLoop
    {
        public static void Run<V, T>(T** arguments, T* result, nint count) where V : struct, ILanes<V, T>
        {
            T* a = arguments[0], b = arguments[1];
            for (nint i = 0; i < count; i += V.Count) V.Store(F.Apply<V, T>(V.Load(a + i), V.Load(b + i)), result + i);
        }
    }
}

internal sealed class Ternary<F>(string name, Func<double, double, double, double> scalar, params Func<LambdaExpression>[] slopes) : Function(name, 3, slopes)
    where F : struct, ITernary
{
    public override bool Integral => default(F) is IOnIntegers;

    public override double Evaluate(ReadOnlySpan<double> a) => scalar(a[0], a[1], a[2]);

    public override MethodInfo Method<V, T>() => ((Func<V, V, V, V>)F.Apply<V, T>).Method;

    public override unsafe void Block(float** arguments, float* result, nint count) => Widest.Floating<Loop, float>(arguments, result, count);

    public override unsafe void Block(double** arguments, double* result, nint count) => Widest.Floating<Loop, double>(arguments, result, count);

    public override unsafe void Block(long** arguments, long* result, nint count)
    {
        // Known when this is compiled: of functions without a meaning on integers no such loop is made.
        if (default(F) is IOnIntegers) Widest.Integers<Loop>(arguments, result, count);
        else throw new DTypeException($"formula: {Name} has no meaning on integers.");
    }

    readonly unsafe struct Loop : IBlockLoop
    {
        public static void Run<V, T>(T** arguments, T* result, nint count) where V : struct, ILanes<V, T>
        {
            T* a = arguments[0], b = arguments[1], c = arguments[2];
            for (nint i = 0; i < count; i += V.Count) V.Store(F.Apply<V, T>(V.Load(a + i), V.Load(b + i), V.Load(c + i)), result + i);
        }
    }
}
