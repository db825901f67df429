namespace Adjoint.Nn;

/// <summary>The hooks of one module; a module without them has no such object.</summary>
internal sealed class ModuleHooks<TIn, TOut>
{
    public HookList<Func<TIn, TIn>> Before { get; } = new();

    public HookList<Func<TIn, TOut, TOut>> After { get; } = new();

    public HookList<Func<Tensor?, Tensor, Tensor?>> Backward { get; } = new();

    public TOut Call(TIn x, Func<TIn, TOut> forward)
    {
        foreach (Func<TIn, TIn> hook in Before.Current) x = hook(x);
        Func<Tensor?, Tensor, Tensor?>[] backward = Backward.Current;
        TOut y = backward.Length > 0 && x is Tensor tensor ? Watched(tensor, forward, backward) : forward(x);
        foreach (Func<TIn, TOut, TOut> hook in After.Current) y = hook(x, y);
        return y;
    }

    // The module sees its input through a view of its own, so that the gradient there is this call's alone, whoever else uses x.
    static TOut Watched(Tensor x, Func<TIn, TOut> forward, Func<Tensor?, Tensor, Tensor?>[] hooks)
    {
        Tensor inside = new Ops.Reshape(x.Shape).Apply(x);
        TOut result = forward((TIn)(object)inside);
        if (result is not Tensor { RequiresGrad: true } y) return result;
        y = new Ops.Reshape(y.Shape).Apply(y);
        Tensor? dy = null;
        _ = y.RegisterHook(gradient =>
        {
            if (!inside.RequiresGrad) foreach (Func<Tensor?, Tensor, Tensor?> hook in hooks) _ = hook(null, gradient);
            else
            {
                dy?.Release();
                dy = gradient.Persist();        // until the gradient of the input is there too
            }
        });
        if (inside.RequiresGrad)
        {
            _ = inside.RegisterHook(gradient =>
            {
                if (dy is null) return null;
                Tensor dx = gradient;
                foreach (Func<Tensor?, Tensor, Tensor?> hook in hooks) dx = hook(dx, dy) ?? dx;
                dy.Release();
                dy = null;
                return dx;
            });
        }

        return (TOut)(object)y;
    }
}

/// <summary>Functions in the order of registration; changed by copying, so that a hook may remove itself.</summary>
internal sealed class HookList<T> where T : Delegate
{
    public T[] Current { get; private set; } = [];

    public IDisposable Add(T hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        Current = [.. Current, hook];
        return new Registration(this, hook);
    }

    sealed class Registration(HookList<T> list, T hook) : IDisposable
    {
        bool _removed;

        public void Dispose()
        {
            if (_removed) return;
            _removed = true;
            List<T> rest = [.. list.Current];
            _ = rest.Remove(hook);
            list.Current = [.. rest];
        }
    }
}
