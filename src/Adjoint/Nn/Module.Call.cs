using System.Runtime.CompilerServices;

namespace Adjoint.Nn;

/// <summary>A module that makes one thing out of one thing; several go in and out as tuples.</summary>
/// <typeparam name="TIn">What it takes: a tensor, a tuple, a record …</typeparam>
/// <typeparam name="TOut">What it gives: a tensor, or a tuple, an array or a list of tensors.</typeparam>
public abstract class Module<TIn, TOut> : Module
{
    /// <summary>What the module computes; called through <see cref="Call"/>.</summary>
    protected abstract TOut Forward(TIn x);

    /// <summary>Runs the module in a scope of its own: temporaries are returned at once, the result is kept.</summary>
    public TOut Call(TIn x)
    {
        using Scope scope = Enter();
        TOut y = Forward(x);
        Keep(scope, y);
        return y;
    }

    /// <summary>Lets the tensors of a result outlive the call; override where the result is none of the known containers.</summary>
    protected virtual void Keep(Scope scope, TOut y)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (y is Tensor tensor) scope.Keep(tensor);
        else KeepAll(scope, y);
    }

    static void KeepAll(Scope scope, object? y)
    {
        switch (y)
        {
            case Tensor tensor:
                scope.Keep(tensor);
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++) KeepAll(scope, tuple[i]);
                break;
            case System.Collections.IDictionary dictionary:
                foreach (object? value in dictionary.Values) KeepAll(scope, value);
                break;
            case System.Collections.IList list:
                foreach (object? value in list) KeepAll(scope, value);
                break;
        }
    }
}

/// <summary>A module from one tensor to another.</summary>
public abstract class Layer : Module<Tensor, Tensor>;
