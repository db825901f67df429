using static Adjoint.Conformance.Rows;

namespace Adjoint.Conformance;

/// <summary>Shapes, slices, joins, indices, margins.</summary>
static class ViewRows
{
    public static Dictionary<string, Meaning> Table { get; } = new()
    {
        ["permute"] = One((x, s) => x.Permute(s.Integers("dims"))),
        ["transpose"] = One((x, s) => x.Transpose(s.Integer("dim0", 0), s.Integer("dim1", 1))),
        ["t"] = One(x => x.T),
        ["movedim"] = One((x, s) => x.MoveDim(s.Integer("source", 0), s.Integer("destination", 0))),
        ["reshape"] = One(Reshape),
        ["view"] = One(Reshape),
        ["flatten"] = One((x, s) => x.Flatten(s.Integer("start_dim", 0), s.Integer("end_dim", -1))),
        ["squeeze"] = One((x, s) => s.Has("dim") ? x.Squeeze(s.Integer("dim", 0)) : x.Squeeze()),
        ["unsqueeze"] = One((x, s) => x.Unsqueeze(s.Integer("dim", 0))),
        ["expand"] = One(Expand),
        ["broadcast_to"] = One(Expand),
        ["flip"] = One((x, s) => x.Flip(s.Integers("dims"))),
        ["roll"] = One(Roll),
        ["slice"] = One(Slice),
        ["narrow"] = One((x, s) => x.Slice(s.Integer("dim", 0), s.Integer("start", 0), s.Integer("start", 0) + s.Integer("length", 0))),
        ["select"] = One((x, s) => x.Select(s.Integer("dim", 0), s.Integer("index", 0))),
        ["cat"] = All((x, s) => Tensor.Cat(x, s.Integer("dim", 0))),
        ["stack"] = All((x, s) => Tensor.Stack(x, s.Integer("dim", 0))),
        ["split"] = Several(Split),
        ["chunk"] = Several((x, s) => x.Chunk(s.Integer("chunks", 1), s.Integer("dim", 0))),
        ["unbind"] = Several((x, s) => x.Unbind(s.Integer("dim", 0))),
        ["repeat"] = One((x, s) => x.Repeat(s.Longs("repeats"))),
        ["tile"] = One((x, s) => x.Repeat([.. Enumerable.Repeat(1L, Math.Max(0, x.Rank - s.Longs("dims").Length)), .. s.Longs("dims")])),
        ["repeat_interleave"] = One((x, s) => s.Has("dim") ? x.RepeatInterleave(s.Integer("repeats", 1), s.Integer("dim", 0)) : x.RepeatInterleave(s.Integer("repeats", 1))),
        ["diagonal"] = One((x, s) => x.Diagonal(s.Integer("offset", 0), s.Integer("dim1", 0), s.Integer("dim2", 1))),
        ["tril"] = One((x, s) => x.Tril(s.Integer("diagonal", 0))),
        ["triu"] = One((x, s) => x.Triu(s.Integer("diagonal", 0))),
        ["pad"] = One((x, s) => x.Pad(s.Longs("pad"), Mode(s.Text("mode", "constant")), s.Number("value", 0))),

        ["index_select"] = Two((x, indices, s) => x.IndexSelect(s.Integer("dim", 0), indices)),
        ["gather"] = Two((x, indices, s) => x.Gather(s.Integer("dim", 0), indices)),
        ["scatter"] = All((x, s) => x.At(2) is { } source ? x[0].Scatter(s.Integer("dim", 0), x[1], source) : x[0].Scatter(s.Integer("dim", 0), x[1], s.Number("value", 0))),
        ["scatter_add"] = All((x, s) => x[0].ScatterAdd(s.Integer("dim", 0), x[1], x[2])),
        ["index_add"] = All((x, s) => x[0].IndexAdd(s.Integer("dim", 0), x[1], s.Has("alpha") ? x[2] * s.Number("alpha", 1) : x[2])),
        ["index"] = Two((x, indices) => x[(indices < 0).Where(indices + x.Shape[0], indices)]),
        ["one_hot"] = One((x, s) => x.OneHot(s.Integer("num_classes", -1) is > 0 and int classes ? classes : (long)x.Amax().Item() + 1)),
        ["embedding"] = Two((indices, table, s) => indices.Embedding(table, PaddingIndex(s, table))),
    };

    static Tensor Reshape(Tensor x, Settings s)
    {
        if (s.Integers("transpose") is [int a, int b]) x = x.Transpose(a, b);
        return x.Reshape(s.Longs("shape"));
    }

    // -1 keeps a size.
    static Tensor Expand(Tensor x, Settings s)
    {
        long[] shape = s.Longs(s.Has("shape") ? "shape" : "size");
        for (int i = 1; i <= x.Rank; i++) if (shape[^i] == -1) shape[^i] = x.Shape[^i];
        return x.Expand(Shape.Create(shape));
    }

    static Tensor Roll(Tensor x, Settings s)
    {
        int[] shifts = s.Integers("shifts"), dims = s.Integers(s.Has("dim") ? "dim" : "dims");
        if (dims.Length == 0) return x.Roll(shifts[0]);
        for (int i = 0; i < shifts.Length; i++) x = x.Roll(shifts[i], dims[i]);
        return x;
    }

    static Tensor Slice(Tensor x, Settings s)
    {
        int?[] starts = s.Optional("starts"), ends = s.Optional("ends"), steps = s.Optional("steps");
        for (int i = 0; i < starts.Length; i++) x = x.Slice(i, starts[i] ?? 0, ends.ElementAtOrDefault(i), steps.ElementAtOrDefault(i) ?? 1);
        return x;
    }

    static Tensor[] Split(Tensor x, Settings s)
    {
        string name = s.Has("sizes") ? "sizes" : "split_size";
        return s.IsList(name) ? x.Split(Shape.Create(s.Longs(name)), s.Integer("dim", 0)) : x.Split(s.Integer(name, 1), s.Integer("dim", 0));
    }

    static PadMode Mode(string name) => name switch
    {
        "constant" => PadMode.Constant,
        "reflect" => PadMode.Reflect,
        "replicate" => PadMode.Replicate,
        "circular" => PadMode.Circular,
        _ => throw new SkippedException($"pad mode '{name}'"),
    };

    static long? PaddingIndex(Settings s, Tensor table) =>
        !s.Has("padding_idx") ? null : s.Integer("padding_idx", 0) is >= 0 and int index ? index : table.Shape[0] + s.Integer("padding_idx", 0);
}
