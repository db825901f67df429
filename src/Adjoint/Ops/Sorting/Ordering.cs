namespace Adjoint.Ops;

/// <summary>What sorting and picking the largest have in common: elements along an axis in order, and where they were.</summary>
/// <param name="Dim">The axis, counted from 0.</param>
public abstract record Ordering(int Dim) : Op
{
    /// <inheritdoc/>
    public sealed override int OutputCount => 2;

    /// <summary>How many elements come out of an axis of some size.</summary>
    private protected abstract long CountOf(long size);

    /// <summary>Whether the largest comes first.</summary>
    private protected abstract bool IsDescending { get; }

    /// <inheritdoc/>
    protected internal sealed override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Shape x = inputs[0].Shape;
        if (x[Dim] > Array.MaxLength) throw new ShapeException($"{Name}: an axis to be sorted has at most {Array.MaxLength} elements, but dim is {Dim} and x is {x}.");
        Shape shape = x.With(Dim, CountOf(x[Dim]));
        outputs[0] = new(shape, inputs[0].DType);
        outputs[1] = new(shape, DType.I64);
    }

    /// <inheritdoc/>
    protected internal sealed override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        var from = new RowForm(inputs[0].Shape, Dim);
        var to = new RowForm(outputs[0].Shape, Dim);
        Tensor x = from.Read(inputs[0]), values = to.Target(outputs[0]), indices = to.Target(outputs[1]);
        switch (x.DType)
        {
            case DType.F64: Sort<double>(); break;
            case DType.F32: Sort<float>(); break;
            case DType.I64: Sort<long>(); break;
            case DType.I32: Sort<int>(); break;
            default: Sort<byte>(); break;
        }

        to.Store(values, outputs[0]);
        to.Store(indices, outputs[1]);

        void Sort<T>() where T : unmanaged, System.Numerics.INumber<T> =>
            Kernels.Sorting.SortRows.Run((T*)x.Data, (T*)values.Data, (long*)indices.Data, from.Count, (int)from.Length, (int)to.Length, IsDescending);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

    /// <inheritdoc/>
    protected internal sealed override Saves Needs(int input) => Saves.Output(1);

    /// <inheritdoc/>
    protected internal sealed override Tensor? Vjp(Cotangents dy, int input) =>
        new ScatterAdd(Dim).Apply(Tensor.Zeros(dy.InputShape(0), dy.Gradient.DType), dy.Output(1), dy.Gradient);

    /// <inheritdoc/>
    public sealed override Plain[] Reference(Plain[] inputs)
    {
        Plain x = inputs[0];
        Axes along = Axes.Of([Dim], x.Shape, Name);
        Shape shape = x.Shape.With(Dim, CountOf(x.Shape[Dim]));
        Plain values = Groups.Along(x, along, g => [.. Order(g).Select(i => g[i])]), places = Groups.Along(x, along, g => [.. Order(g).Select(i => (double)i)]);
        return [Plain.Make(shape, index => values[index]), Plain.Make(shape, index => places[index])];
    }

    /// <summary>Numbers in random order, far enough from each other that a finite difference does not change the order.</summary>
    private protected static Tensor Apart(Generator random, Shape shape) =>
        Tensor.From(Array.ConvertAll(random.Permutation(shape.Elements), i => 0.1 * i - 1.3), shape);

    // LINQ's ordering is stable.
    int[] Order(double[] group)
    {
        IEnumerable<int> places = Enumerable.Range(0, group.Length);
        return [.. IsDescending ? places.OrderByDescending(i => double.IsNaN(group[i])).ThenByDescending(i => group[i]) : places.OrderBy(i => double.IsNaN(group[i])).ThenBy(i => group[i])];
    }
}
