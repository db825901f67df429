namespace Adjoint;

public static partial class Transform
{
    /// <summary>A function of one item as a function of many: the items lie along an axis of the argument, and their results along one of the result.</summary>
    /// <remarks>
    /// <para>The function runs once. Inside it a tensor has the shape of one item, and each operation treats all items at once by
    /// its batching rule (<see cref="Op.Batch"/>); one that has none is looped, with the same result. Values cannot be
    /// read there (<c>Item</c>, <c>ToArray</c>, <c>if</c> on a number), because there is one for each item.</para>
    /// <para>What the function closes over is shared by all items.</para>
    /// </remarks>
    /// <param name="f">A function of one item.</param>
    /// <param name="inDim">Along which axis of the argument the items lie.</param>
    /// <param name="outDim">Along which axis of the results they shall lie.</param>
    /// <param name="randomness">Whether items share the random numbers drawn inside.</param>
    /// <typeparam name="TOut">Tensor, Tensor[], a list, a dictionary by name, or a tuple of these.</typeparam>
    /// <exception cref="ShapeException">When called: an axis does not exist, or the axes of items differ in size.</exception>
    /// <exception cref="GraphException">When called: the function reads or writes the values of an item, or draws random numbers without being told how.</exception>
    /// <example><code>
    /// // Per-sample gradients: parameters are shared (null), samples and labels are mapped.
    /// var each = Transform.Vmap(Transform.Grad((OrderedDictionary&lt;string, Tensor&gt; p, Tensor x, Tensor t) => Loss(p, x, t)), [null, 0, 0]);
    /// var gradients = each(parameters, images, labels);       // each [N, …]
    /// </code></example>
    public static Func<Tensor, TOut> Vmap<TOut>(Func<Tensor, TOut> f, int? inDim = 0, int outDim = 0, Randomness randomness = Randomness.Error) where TOut : notnull =>
        Vmap<Tensor, TOut>(f, inDim, outDim, randomness);

    /// <summary>A function of one item of each argument as a function of many.</summary>
    /// <param name="f">A function of one item.</param>
    /// <param name="inDims">For each argument along which axis the items lie; null for one that all items share. All 0 when not given.</param>
    /// <param name="outDim">Along which axis of the results they shall lie.</param>
    /// <param name="randomness">Whether items share the random numbers drawn inside.</param>
    /// <inheritdoc cref="Vmap{TOut}(Func{Tensor, TOut}, int?, int, Randomness)"/>
    public static Func<Tensor, Tensor, TOut> Vmap<TOut>(Func<Tensor, Tensor, TOut> f, int?[]? inDims = null, int outDim = 0, Randomness randomness = Randomness.Error) where TOut : notnull =>
        Vmap<Tensor, Tensor, TOut>(f, inDims, outDim, randomness);

    /// <inheritdoc cref="Vmap{TOut}(Func{Tensor, Tensor, TOut}, int?[], int, Randomness)"/>
    public static Func<Tensor, Tensor, Tensor, TOut> Vmap<TOut>(Func<Tensor, Tensor, Tensor, TOut> f, int?[]? inDims = null, int outDim = 0, Randomness randomness = Randomness.Error) where TOut : notnull =>
        Vmap<Tensor, Tensor, Tensor, TOut>(f, inDims, outDim, randomness);

    /// <inheritdoc cref="Vmap{TOut}(Func{Tensor, TOut}, int?, int, Randomness)"/>
    /// <typeparam name="T">The argument: likewise.</typeparam>
    /// <typeparam name="TOut">Tensor, Tensor[], a list, a dictionary by name, or a tuple of these.</typeparam>
    public static Func<T, TOut> Vmap<T, TOut>(Func<T, TOut> f, int? inDim = 0, int outDim = 0, Randomness randomness = Randomness.Error) where T : notnull where TOut : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return x =>
        {
            Mapping call = new([inDim], 1);
            T all = call.Add(x);
            return call.Run(() => f(call.Item(all, 0)), outDim, randomness);
        };
    }

    /// <inheritdoc cref="Vmap{TOut}(Func{Tensor, Tensor, TOut}, int?[], int, Randomness)"/>
    /// <typeparam name="T1">The first argument: likewise.</typeparam>
    /// <typeparam name="T2">The second argument: likewise.</typeparam>
    /// <typeparam name="TOut">Tensor, Tensor[], a list, a dictionary by name, or a tuple of these.</typeparam>
    public static Func<T1, T2, TOut> Vmap<T1, T2, TOut>(Func<T1, T2, TOut> f, int?[]? inDims = null, int outDim = 0, Randomness randomness = Randomness.Error)
        where T1 : notnull where T2 : notnull where TOut : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return (x1, x2) =>
        {
            Mapping call = new(inDims, 2);
            (T1 all1, T2 all2) = (call.Add(x1), call.Add(x2));
            return call.Run(() => f(call.Item(all1, 0), call.Item(all2, 1)), outDim, randomness);
        };
    }

    /// <inheritdoc cref="Vmap{T1, T2, TOut}(Func{T1, T2, TOut}, int?[], int, Randomness)"/>
    /// <typeparam name="T1">The first argument: likewise.</typeparam>
    /// <typeparam name="T2">The second argument: likewise.</typeparam>
    /// <typeparam name="T3">The third argument: likewise.</typeparam>
    /// <typeparam name="TOut">Tensor, Tensor[], a list, a dictionary by name, or a tuple of these.</typeparam>
    public static Func<T1, T2, T3, TOut> Vmap<T1, T2, T3, TOut>(Func<T1, T2, T3, TOut> f, int?[]? inDims = null, int outDim = 0, Randomness randomness = Randomness.Error)
        where T1 : notnull where T2 : notnull where T3 : notnull where TOut : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return (x1, x2, x3) =>
        {
            Mapping call = new(inDims, 3);
            (T1 all1, T2 all2, T3 all3) = (call.Add(x1), call.Add(x2), call.Add(x3));
            return call.Run(() => f(call.Item(all1, 0), call.Item(all2, 1), call.Item(all3, 2)), outDim, randomness);
        };
    }
}
