namespace Adjoint;

public static partial class Transform
{
    /// <summary>A function's value, and the function that pulls a gradient of the value back to the argument: <c>dy ↦ dyᵀ·∂f/∂x</c> (reverse mode).</summary>
    /// <remarks>The recorded graph lives until the enclosing <see cref="Scope"/> ends, so that the pullback can be called many times.</remarks>
    /// <param name="f">Any number of values, of any shape.</param>
    /// <param name="x">Where.</param>
    /// <typeparam name="TIn">Tensor, Tensor[], a list, a dictionary by name, or a tuple of these.</typeparam>
    /// <typeparam name="TOut">Likewise.</typeparam>
    /// <exception cref="DTypeException">The argument holds no floating-point numbers.</exception>
    public static (TOut Value, Func<TOut, TIn> Pullback) Vjp<TIn, TOut>(Func<TIn, TOut> f, TIn x) where TIn : notnull where TOut : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        bool record = GradMode.IsRecording;
        using NoGrad recording = NoGrad.Suspend();
        var at = new Differentiable(Structure.Flatten(x, "vjp"), record, "vjp");
        TOut y = f(Structure.Rebuild(x, at.Inputs, "vjp"));
        Tensor[] outputs = Structure.Flatten(y, "vjp");
        TOut value = Structure.Rebuild(y, [.. outputs.Select(at.Value)], "vjp");
        return (value, dy =>
        {
            Tensor[] seeds = Structure.Flatten(dy, "vjp");
            CheckLike(seeds, outputs, "vjp", "the gradient", "the function's value");
            return Structure.Rebuild(x, at.Pull(outputs, seeds, retainGraph: true), "vjp");
        });
    }

    /// <summary>A function's value, and how it changes when the argument moves along a direction: <c>(f(x), ∂f/∂x·v)</c>.</summary>
    /// <remarks>
    /// Two reverse passes: a pullback <c>u ↦ uᵀ·∂f/∂x</c> is linear in u, and its own pullback takes v to <c>∂f/∂x·v</c>. So every
    /// operation that has a gradient has this too (docs/decisions/005-transforms.md).
    /// </remarks>
    /// <param name="f">Any number of values, of any shape.</param>
    /// <param name="x">Where.</param>
    /// <param name="v">The direction, arranged and shaped like <paramref name="x"/>.</param>
    /// <inheritdoc cref="Vjp{TIn, TOut}" path="/typeparam"/>
    /// <exception cref="ShapeException">The direction is not shaped like the argument.</exception>
    /// <exception cref="DTypeException">The argument holds no floating-point numbers.</exception>
    public static (TOut Value, TOut Tangent) Jvp<TIn, TOut>(Func<TIn, TOut> f, TIn x, TIn v) where TIn : notnull where TOut : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        bool record = GradMode.IsRecording;
        using NoGrad recording = NoGrad.Suspend();
        using Scope scope = Scope.Begin("jvp");
        Tensor[] directions = Structure.Flatten(v, "jvp");
        var at = new Differentiable(Structure.Flatten(x, "jvp"), record, "jvp");
        CheckLike(directions, at.Inputs, "jvp", "the direction", "the argument");
        TOut y = f(Structure.Rebuild(x, at.Inputs, "jvp"));
        Tensor[] outputs = Structure.Flatten(y, "jvp");
        Tensor[] values = [.. outputs.Select(o => scope.Keep(at.Value(o)))];
        bool outside = at.Records(outputs);

        // Integers do not move; every other output has a weight u of its own, and all that matters of u is that it is differentiated by.
        int[] moving = [.. Enumerable.Range(0, outputs.Length).Where(i => outputs[i].DType.IsFloat)];
        var weights = new Differentiable([.. moving.Select(i => Tensor.Zeros(outputs[i].Shape, outputs[i].DType))], record: true, "jvp");
        Tensor[] pulled = at.Pull([.. moving.Select(i => outputs[i])], weights.Inputs, retainGraph: true, record: true);
        Tensor[] tangents = weights.Pull(pulled, directions, retainGraph: false, record && (outside || directions.Any(d => d.HasGraph)));
        Tensor[] all = [.. outputs.Select((o, i) => scope.Keep(o.DType.IsFloat ? tangents[Array.IndexOf(moving, i)] : Tensor.Zeros(o.Shape, o.DType)))];
        return (Structure.Rebuild(y, values, "jvp"), Structure.Rebuild(y, all, "jvp"));
    }

    static void CheckLike(Tensor[] given, Tensor[] like, string operation, string what, string whom)
    {
        if (given.Length != like.Length) throw new ArgumentException($"{operation}: {what} must have a tensor for each of {whom}, but it has {given.Length} and there are {like.Length}.");
        for (int i = 0; i < given.Length; i++)
            if (given[i].Shape != like[i].Shape) throw new ShapeException($"{operation}: {what} must be shaped like {whom}, but it is {given[i].Shape} and that is {like[i].Shape}.");
    }
}
