using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Formulas;

/// <summary>The words of the formula language that one processor instruction computes, as calls the just-in-time compiler knows by itself.</summary>
/// <remarks>
/// Through the lane structs the same instructions come out, but after four levels of inlining for each, which takes the
/// compiler several times as long.
/// </remarks>
internal sealed unsafe class Instructions
{
    delegate R LoadRegister<T, R>(T* source);
    delegate void StoreRegister<T, R>(R value, T* target);

    readonly Dictionary<Function, MethodInfo> _direct = [];

    Instructions(Type register, Delegate all, Delegate load, Delegate store, Delegate stream, Delegate? wrap = null, Delegate? unwrap = null)
    {
        (Register, All, Load, Store, Stream) = (register, all.Method, load.Method, store.Method, stream.Method);
        (Wrap, Unwrap) = (wrap?.Method, unwrap?.Method);
    }

    /// <summary>The type of values between words.</summary>
    public Type Register { get; }

    public MethodInfo All { get; }
    public MethodInfo Load { get; }
    public MethodInfo Store { get; }

    /// <summary>Past the caches, to an aligned place.</summary>
    public MethodInfo Stream { get; }

    /// <summary>From the register to the lane struct around it and back; null where they are the same.</summary>
    public MethodInfo? Wrap { get; }

    /// <inheritdoc cref="Wrap"/>
    public MethodInfo? Unwrap { get; }

    /// <summary>The instruction for a word, or null: then its lane function is called.</summary>
    public MethodInfo? Direct(Function f) => _direct.GetValueOrDefault(f);

    public static Instructions For<V, T>() where V : struct, ILanes<V, T>
    {
        if (typeof(V) == typeof(Wide512<T>))
            return new Instructions(typeof(Vector512<T>), (Func<T, Vector512<T>>)Vector512.Create,
                    (LoadRegister<T, Vector512<T>>)Vector512.Load, (StoreRegister<T, Vector512<T>>)Vector512.Store, (StoreRegister<T, Vector512<T>>)Vector512.StoreAlignedNonTemporal,
                    (Func<Vector512<T>, V>)Unsafe.BitCast<Vector512<T>, V>, (Func<V, Vector512<T>>)Unsafe.BitCast<V, Vector512<T>>)
                .With<Vector512<T>>(Vector512.Negate, Vector512.Sqrt, Vector512.Abs)
                .With<Vector512<T>>(Vector512.Add, Vector512.Subtract, Vector512.Multiply, Vector512.Divide, Vector512.Max, Vector512.Min)
                .With<Vector512<T>>(Vector512.LessThan, Vector512.LessThanOrEqual, Vector512.Equals, Vector512.BitwiseAnd, Vector512.BitwiseOr, Vector512.ConditionalSelect)
                .WithMultiplyAdd<T>((Func<Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>>)Vector512.FusedMultiplyAdd,
                    (Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>)Vector512.FusedMultiplyAdd);
        if (typeof(V) == typeof(Wide256<T>))
            return new Instructions(typeof(Vector256<T>), (Func<T, Vector256<T>>)Vector256.Create,
                    (LoadRegister<T, Vector256<T>>)Vector256.Load, (StoreRegister<T, Vector256<T>>)Vector256.Store, (StoreRegister<T, Vector256<T>>)Vector256.StoreAlignedNonTemporal,
                    (Func<Vector256<T>, V>)Unsafe.BitCast<Vector256<T>, V>, (Func<V, Vector256<T>>)Unsafe.BitCast<V, Vector256<T>>)
                .With<Vector256<T>>(Vector256.Negate, Vector256.Sqrt, Vector256.Abs)
                .With<Vector256<T>>(Vector256.Add, Vector256.Subtract, Vector256.Multiply, Vector256.Divide, Vector256.Max, Vector256.Min)
                .With<Vector256<T>>(Vector256.LessThan, Vector256.LessThanOrEqual, Vector256.Equals, Vector256.BitwiseAnd, Vector256.BitwiseOr, Vector256.ConditionalSelect)
                .WithMultiplyAdd<T>((Func<Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.FusedMultiplyAdd,
                    (Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>)Vector256.FusedMultiplyAdd);
        return new(typeof(V), (Func<T, V>)V.All, (LoadRegister<T, V>)V.Load, (StoreRegister<T, V>)V.Store, (StoreRegister<T, V>)V.Stream);
    }

    Instructions With<R>(Func<R, R> negate, Func<R, R> sqrt, Func<R, R> abs)
    {
        _direct[Functions.Negate] = negate.Method;
        _direct[Functions.Sqrt] = sqrt.Method;
        _direct[Functions.Abs] = abs.Method;
        return this;
    }

    Instructions With<R>(Func<R, R, R> add, Func<R, R, R> subtract, Func<R, R, R> multiply, Func<R, R, R> divide, Func<R, R, R> max, Func<R, R, R> min)
    {
        _direct[Functions.Add] = add.Method;
        _direct[Functions.Subtract] = subtract.Method;
        _direct[Functions.Multiply] = multiply.Method;
        _direct[Functions.Divide] = divide.Method;
        _direct[Functions.Max] = max.Method;
        _direct[Functions.Min] = min.Method;
        return this;
    }

    Instructions With<R>(Func<R, R, R> less, Func<R, R, R> lessOrEqual, Func<R, R, R> equal, Func<R, R, R> and, Func<R, R, R> or, Func<R, R, R, R> select)
    {
        _direct[Functions.Less] = less.Method;
        _direct[Functions.LessOrEqual] = lessOrEqual.Method;
        _direct[Functions.Equal] = equal.Method;
        _direct[Functions.And] = and.Method;
        _direct[Functions.Or] = or.Method;
        _direct[Functions.Select] = select.Method;
        return this;
    }

    Instructions WithMultiplyAdd<T>(Delegate single, Delegate twice)
    {
        if (typeof(T) == typeof(float)) _direct[Functions.FusedMultiplyAdd] = single.Method;
        if (typeof(T) == typeof(double)) _direct[Functions.FusedMultiplyAdd] = twice.Method;
        return this;
    }
}
