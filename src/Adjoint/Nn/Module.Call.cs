using System.Runtime.CompilerServices;

namespace Adjoint.Nn;

/// <summary>A module that makes one thing out of one thing; several go in and out as tuples.</summary>
/// <typeparam name="TIn">What it takes: a tensor, a tuple, a record …</typeparam>
/// <typeparam name="TOut">What it gives: a tensor, or a tuple, an array or a list of tensors.</typeparam>
public abstract class Module<TIn, TOut> : Module
{
    [Transient]
    ModuleHooks<TIn, TOut>? _hooks;

    /// <summary>Whether somebody has asked to see what goes in and out: then nothing may pass the module by.</summary>
    [NotInPyTorch("hooks are in private dictionaries there")]
    public bool HasHooks => _hooks is not null;

    /// <summary>What the module computes; called through <see cref="Call"/>.</summary>
    protected abstract TOut Forward(TIn x);

    /// <summary>Runs the module in a scope of its own: temporaries are returned at once, the result is kept.</summary>
    [PyTorch("torch.nn.Module.__call__", "torch.nn.Module.forward", Differs = "You override `Forward` and call `Call`, which opens a scope and runs hooks.")]
    public TOut Call(TIn x)
    {
        using Scope scope = Enter();
        TOut y = _hooks is null ? Forward(x) : _hooks.Call(x, Forward);
        Keep(scope, y);
        return y;
    }

    /// <summary>Calls a function before <see cref="Forward"/>, inside the module's scope; what it returns is what the module takes.</summary>
    /// <remarks>Hooks run in the order of registration, in every call, also in the recomputation of a <see cref="Checkpoint"/>.</remarks>
    /// <returns>Dispose it to remove the hook.</returns>
    [PyTorch("torch.nn.Module.register_forward_pre_hook")]
    public IDisposable RegisterForwardPreHook(Func<TIn, TIn> hook) => (_hooks ??= new()).Before.Add(hook);

    /// <summary>Calls a function with what went in and what came out; what it returns is the module's result.</summary>
    /// <remarks>It runs inside the module's scope: a tensor to be looked at later is copied, or kept by the caller's own scope.</remarks>
    /// <inheritdoc cref="RegisterForwardPreHook"/>
    [PyTorch("torch.nn.Module.register_forward_hook")]
    public IDisposable RegisterForwardHook(Func<TIn, TOut, TOut> hook) => (_hooks ??= new()).After.Add(hook);

    /// <summary>Calls a function in the backward pass with the gradient of the module's input (null where it wants none) and of its result; what it returns takes the place of the input's.</summary>
    /// <remarks>For modules from one tensor to one tensor. The gradients are valid during the call.</remarks>
    /// <inheritdoc cref="RegisterForwardPreHook"/>
    /// <exception cref="GraphException">The module takes or gives something else than one tensor.</exception>
    [PyTorch("torch.nn.Module.register_full_backward_hook")]
    public IDisposable RegisterBackwardHook(Func<Tensor?, Tensor, Tensor?> hook)
    {
        if (typeof(TIn) != typeof(Tensor) || typeof(TOut) != typeof(Tensor))
            throw new GraphException($"backward hook: the module must go from one tensor to one tensor, but {GetType().Name} goes from {typeof(TIn).Name} to {typeof(TOut).Name}. Hint: call RegisterHook on its tensors in a forward hook.");
        return (_hooks ??= new()).Backward.Add(hook);
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
public abstract class Layer : Module<Tensor, Tensor>
{
    /// <summary>The operation on each element alone that the layer is, where it is one without parameters that others may take into their own pass.</summary>
    internal virtual Ops.Elementwise? Pointwise => null;

    /// <summary>This layer and the one behind it in one pass; null where that is not possible, or where somebody looks between them.</summary>
    internal virtual Tensor? Call(Tensor x, Module<Tensor, Tensor> next) => null;

    /// <summary>The activation that may be taken into this layer's own pass, to the same bits: halves would be rounded once instead of twice, and whoever looks would see other ones.</summary>
    private protected Ops.Elementwise? Joined(Tensor x, Module<Tensor, Tensor> next) =>
        next is Layer { Pointwise: { } activation, HasHooks: false } && !HasHooks && OperationObserver.Current is null && Precision.Current is null && x.DType is DType.F32 or DType.F64 ? activation : null;
}
