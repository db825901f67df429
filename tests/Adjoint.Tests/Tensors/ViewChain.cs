namespace Adjoint.Tests.Tensors;

/// <summary>Reads choices as a start and a row of views, and keeps a model in step: the number of each element in the start.</summary>
sealed class ViewChain
{
    static readonly long[] Steps = [1, 1, 2, 3, -1, -2];
    readonly Queue<int> _choices;
    int _steps;

    public ViewChain(int[] choices)
    {
        _choices = new(choices);
        Shape shape = Shape.Create([.. Enumerable.Range(0, Choose(5)).Select(_ => (long)(Choose(9) == 0 ? 0 : 1 + Choose(4)))]);
        Start = Tensor.Arange(0, shape.Elements, dtype: DType.F64).Reshape(shape);
        Model = Plain.From(Start);
        _steps = 1 + Choose(5);
    }

    public bool Expands { get; init; } = true;
    public bool Reshapes { get; init; } = true;
    public Tensor Start { get; }
    public Plain Model { get; private set; }

    /// <summary>The next choice.</summary>
    public int Choose(int count) => _choices.TryDequeue(out int choice) ? choice % count : 0;

    public bool Next(ref Tensor view)
    {
        if (_steps-- == 0) return false;
        view = Choose(6) switch
        {
            0 => Permute(view),
            1 or 2 => Slice(view),
            3 when Reshapes => Reshape(view),
            4 when Expands => Expand(view),
            _ => Select(view),
        };
        return true;
    }

    public Shape AnotherShape(Shape shape)
    {
        List<long> sizes = [.. shape];
        for (int i = Choose(4); i >= 0; i--)
        {
            int axis = sizes.Count == 0 ? 0 : Choose(sizes.Count);
            switch (Choose(3))
            {
                case 0 when axis + 1 < sizes.Count:
                    sizes[axis] *= sizes[axis + 1];
                    sizes.RemoveAt(axis + 1);
                    break;
                case 1 when sizes.Count > 0 && sizes[axis] > 1:
                    long factor = Enumerable.Range(2, 20).First(f => sizes[axis] % f == 0 || f > 19);
                    if (sizes[axis] % factor != 0) break;
                    sizes[axis] /= factor;
                    sizes.Insert(axis + Choose(2), factor);
                    break;
                default:
                    sizes.Insert(axis, 1);
                    break;
            }
        }

        return Shape.Create([.. sizes]);
    }

    Tensor Permute(Tensor view)
    {
        List<int> left = [.. Enumerable.Range(0, view.Rank)], order = [];
        while (left.Count > 0)
        {
            order.Add(left[Choose(left.Count)]);
            left.Remove(order[^1]);
        }

        Plain before = Model;
        Model = Plain.Make(Shape.Create([.. order.Select(axis => before.Shape[axis])]), index =>
        {
            long[] from = new long[index.Length];
            for (int i = 0; i < from.Length; i++) from[order[i]] = index[i];
            return before[from];
        });
        return view.Permute([.. order]);
    }

    Tensor Slice(Tensor view)
    {
        if (view.Rank == 0) return view;
        int axis = Choose(view.Rank);
        long size = view.Shape[axis];
        long start = Choose((int)(2 * size) + 3) - size - 1, end = Choose((int)(2 * size) + 3) - size - 1, step = Steps[Choose(6)];
        long[] positions = [.. Enumerable.Range(0, (int)size).Select(i => (long)i).Where(i => i >= (start < 0 ? start + size : start) && i < (end < 0 ? end + size : end))];
        if (step < 0) Array.Reverse(positions);
        positions = [.. positions.Where((_, i) => i % step == 0)];
        Plain before = Model;
        Model = Plain.Make(before.Shape.With(axis, positions.Length), index =>
        {
            long[] from = [.. index];
            from[axis] = positions[index[axis]];
            return before[from];
        });
        return view.Slice(axis - (Choose(2) * view.Rank), start, end, step);
    }

    Tensor Select(Tensor view)
    {
        int axis = view.Rank == 0 ? 0 : Choose(view.Rank);
        if (view.Rank == 0 || view.Shape[axis] == 0) return view;
        long at = Choose((int)view.Shape[axis]);
        Plain before = Model;
        Model = Plain.Make(before.Shape.Without(axis), index => before[[.. index.AsSpan(0, axis), at, .. index.AsSpan(axis)]]);
        return view.Select(axis, Choose(2) == 0 ? at : at - view.Shape[axis]);
    }

    Tensor Reshape(Tensor view)
    {
        Model = new(AnotherShape(view.Shape), Model.Values);
        return view.Reshape(Model.Shape);
    }

    Tensor Expand(Tensor view)
    {
        Shape target = Shape.Create([.. Enumerable.Range(0, Choose(2)).Select(_ => (long)Choose(3)), .. view.Shape.Select(s => s == 1 ? Choose(4) : s)]);
        Plain before = Model;
        Model = Plain.Make(target, index => before[index]);
        return view.Expand(target);
    }
}
