namespace Adjoint.Kernels.Reduction;

/// <summary>The axes of a reduction as loops, outermost first: ordered by stride, joined where memory allows.</summary>
internal unsafe struct Loop
{
    public const int MaxRank = 32;

    public int Rank;
    public fixed long Size[MaxRank];

    /// <summary>Distance in x, in elements.</summary>
    public fixed long Stride[MaxRank];

    /// <summary>Distance in y; 0 where the axis is reduced.</summary>
    public fixed long Target[MaxRank];
    public fixed bool Reduced[MaxRank];

    public static Loop Of(in Operand x, in Operand y)
    {
        if (x.Shape.Length > MaxRank) throw new ShapeException($"reduction: a tensor has at most {MaxRank} axes here, but x has {x.Shape.Length}.");
        var loop = default(Loop);
        for (int axis = 0; axis < x.Shape.Length; axis++)
        {
            if (x.Shape[axis] == 1) continue;
            int at = loop.Rank++;
            bool reduced = y.Shape[axis] == 1;
            // Insertion by stride: the axis whose neighbours lie closest in memory becomes the innermost loop.
            for (; at > 0 && loop.Stride[at - 1] < x.Strides[axis]; at--) loop.Move(at - 1, at);
            loop.Set(at, x.Shape[axis], x.Strides[axis], reduced ? 0 : y.Strides[axis], reduced);
        }

        loop.Join();
        return loop;
    }

    public bool IsReducing
    {
        get
        {
            for (int i = 0; i < Rank; i++) if (Reduced[i]) return true;
            return false;
        }
    }

    public long Elements
    {
        get
        {
            long elements = 1;
            for (int i = 0; i < Rank; i++) elements *= Size[i];
            return elements;
        }
    }

    /// <summary>Whether the innermost loop runs over neighbours in memory.</summary>
    public bool HasUnitStride => Rank == 0 || Stride[Rank - 1] == 1;

    /// <summary>Whether the kept axes, in this order, are those of a contiguous y.</summary>
    public bool IsTargetInOrder
    {
        get
        {
            long step = 1;
            for (int i = Rank - 1; i >= 0; i--)
            {
                if (Reduced[i]) continue;
                if (Target[i] != step) return false;
                step *= Size[i];
            }

            return true;
        }
    }

    /// <summary>These loops over a contiguous copy.</summary>
    public void MakeContiguous()
    {
        long step = 1;
        for (int i = Rank - 1; i >= 0; i--)
        {
            Stride[i] = step;
            step *= Size[i];
        }

        Join();
    }

    /// <summary>Adds a loop of another set, innermost.</summary>
    public void Append(in Loop other, int i) => Set(Rank++, other.Size[i], other.Stride[i], other.Target[i], other.Reduced[i]);

    /// <summary>A reduced loop now runs over the blocks it was cut into; over a single one it is no loop any more.</summary>
    public void Shorten(int at, int block)
    {
        Size[at] = (Size[at] + block - 1) / block;
        if (Size[at] == 1) Remove(at);
    }

    /// <summary>Makes loop <paramref name="at"/> the one just outside loop <paramref name="last"/>.</summary>
    public void MoveBefore(int at, int last)
    {
        (long size, long stride, long target, bool reduced) = (Size[at], Stride[at], Target[at], Reduced[at]);
        for (int i = at; i < last - 1; i++) Move(i + 1, i);
        Set(last - 1, size, stride, target, reduced);
    }

    /// <summary>Takes a loop out; its place closes.</summary>
    public void Remove(int at)
    {
        for (int i = at; i < Rank - 1; i++) Move(i + 1, i);
        Rank--;
    }

    void Set(int at, long size, long stride, long target, bool reduced) =>
        (Size[at], Stride[at], Target[at], Reduced[at]) = (size, stride, target, reduced);

    void Move(int from, int to) => Set(to, Size[from], Stride[from], Target[from], Reduced[from]);

    /// <summary>Joins neighbours that one loop can walk.</summary>
    void Join()
    {
        for (int i = Rank - 2; i >= 0; i--)
        {
            bool together = Reduced[i] == Reduced[i + 1]
                && Stride[i] == Stride[i + 1] * Size[i + 1]
                && Target[i] == Target[i + 1] * Size[i + 1];
            if (!together) continue;
            Set(i, Size[i] * Size[i + 1], Stride[i + 1], Target[i + 1], Reduced[i]);
            Remove(i + 1);
        }
    }
}
