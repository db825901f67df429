namespace Adjoint;

/// <summary>One call of a mapped function: the arguments are checked, turned into items, and the results back.</summary>
internal sealed class Mapping
{
    readonly int?[] _dims;
    int _next;
    long? _size;
    MapLevel? _level;

    public Mapping(int?[]? dims, int arguments)
    {
        _dims = dims ?? [.. Enumerable.Repeat<int?>(0, arguments)];
        if (_dims.Length != arguments) throw new ArgumentException($"vmap: inDims must have an entry for each argument, but there are {_dims.Length} and the function has {arguments} arguments.");
    }

    /// <summary>Takes the next argument in: its axes of items must agree with those before.</summary>
    public T Add<T>(T argument)
    {
        int? dim = _dims[_next++];
        if (dim is null) return argument;
        foreach (Tensor x in Structure.Flatten(argument, "vmap"))
        {
            if (x.Rank == 0) throw new ShapeException($"vmap: an argument must have an axis of items, but argument {_next - 1} is a single value. Hint: null in inDims shares it between all items.");
            long size = x.Shape[x.Shape.Axis(dim.Value, "vmap")];
            if (_size is { } before && before != size) throw new ShapeException($"vmap: all arguments must have the same number of items, but argument {_next - 1} of shape {x.Shape} has {size} along axis {dim} and those before have {before}.");
            _size = size;
        }

        return argument;
    }

    /// <summary>One item of an argument, which stands for all.</summary>
    public T Item<T>(T all, int argument)
    {
        if (_dims[argument] is not { } dim) return all;
        Tensor[] items = Array.ConvertAll(Structure.Flatten(all, "vmap"), x => Tensor.OnLevel(_level!, First(x, dim).Persist(), isMapped: true));
        return Structure.Rebuild(all, items, "vmap");
    }

    public TOut Run<TOut>(Func<TOut> f, int outDim, Randomness randomness)
    {
        if (_size is not { } size) throw new ArgumentException("vmap: at least one argument must be mapped, but there is no tensor with an axis in inDims.");
        using Scope scope = Scope.Begin("vmap");
        using MapLevel level = _level = MapLevel.Begin(size, randomness);
        TOut y = f();
        Tensor[] results = Array.ConvertAll(Structure.Flatten(y, "vmap"), result => Collect(result, level, outDim, scope));
        return Structure.Rebuild(y, results, "vmap");
    }

    static Tensor Collect(Tensor result, MapLevel level, int outDim, Scope scope)
    {
        result.MustBeAlive();
        Tensor all = BatchedInputs.AllOf(level, result);
        // What is the same for all items gets memory of its own, so that the result can be written to.
        if (!result.On(level).IsMapped) all = all.Copy();
        Tensor moved = all.MoveDim(0, all.Shape.Axis(outDim, "vmap"));
        Tensor handle = moved.Alias();
        if (moved.Source is { } source) handle.Connect(source, moved.Edge.Slot);
        return scope.Keep(handle);
    }

    static Tensor First(Tensor x, int dim) => x.Shape.Axis(dim, "vmap") == 0 ? x : x.MoveDim(dim, 0);
}
