using static Adjoint.Conformance.Rows;

namespace Adjoint.Conformance;

/// <summary>Shapes, slices, joins, indices, margins.</summary>
static class ViewRows
{
    public static Dictionary<string, Meaning> Table { get; } = new()
    {
        ["permute"] = One((x, s) => x.Permute(s.Integers("dims"))),
        ["transpose"] = One((x, s) => x.Transpose(s.Integer("dim0", 0), s.Integer("dim1", 1))),
        ["t"] = One(x => x.Rank < 2 ? x : x.T),
        ["movedim"] = One(MoveDim),
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
        ["narrow"] = One(Narrow),
        ["select"] = One((x, s) => x.Select(s.Integer("dim", 0), s.Integer("index", 0))),
        ["cat"] = All((x, s) => Tensor.Cat(x, s.Integer("dim", 0))),
        ["stack"] = All((x, s) => Tensor.Stack(x, s.Integer("dim", 0))),
        ["split"] = Several(Split),
        ["chunk"] = Several((x, s) => x.Chunk(s.Integer("chunks", 1), s.Integer("dim", 0))),
        ["tensor_split"] = Several(TensorSplit),
        ["unbind"] = Several((x, s) => x.Unbind(s.Integer("dim", 0))),
        ["repeat"] = One((x, s) => x.Repeat(s.Longs("repeats"))),
        ["tile"] = One((x, s) => x.Repeat([.. Enumerable.Repeat(1L, Math.Max(0, x.Rank - s.Longs("dims").Length)), .. s.Longs("dims")])),
        ["repeat_interleave"] = All(RepeatInterleave),
        ["diagonal"] = One((x, s) => x.Diagonal(s.Integer("offset", 0), s.Integer("dim1", 0), s.Integer("dim2", 1))),
        ["swapaxes"] = One((x, s) => x.Transpose(s.Integer("axis0", 0), s.Integer("axis1", 1))),
        ["mT"] = One(x => x.Transpose(-2, -1)),
        ["ravel"] = One(x => x.Reshape(-1)),
        ["unflatten"] = One(Unflatten),
        ["fliplr"] = One(x => x.Flip(1)),
        ["flipud"] = One(x => x.Flip(0)),
        ["rot90"] = One((x, s) => s.Integers("dims") is [int from, int to] ? x.Rot90(s.Integer("k", 1), from, to) : x.Rot90(s.Integer("k", 1))),
        ["diag"] = One((x, s) => x.Diag(s.Integer("diagonal", 0))),
        ["diagflat"] = One((x, s) => x.Reshape(-1).DiagEmbed(s.Integer("offset", 0))),
        ["diag_embed"] = One((x, s) => x.DiagEmbed(s.Integer("offset", 0), s.Integer("dim1", -2), s.Integer("dim2", -1))),
        ["hstack"] = All((x, _) => Tensor.Cat(x, x[0].Rank > 1 ? 1 : 0)),
        ["vstack"] = All((x, _) => x[0].Rank > 1 ? Tensor.Cat(x) : Tensor.Stack(x)),
        ["pixel_shuffle"] = One((x, s) => x.PixelShuffle(s.Integer("upscale_factor", 1))),
        ["pixel_unshuffle"] = One((x, s) => x.PixelUnshuffle(s.Integer("downscale_factor", 1))),
        ["unfold"] = One((x, s) => x.Unfold(s.Pair("kernel_size", 1), s.Pair("stride", 1), s.Pair("padding", 0), s.Pair("dilation", 1))),
        ["fold"] = One((x, s) => x.Fold(s.Pair("output_size", 1), s.Pair("kernel_size", 1), s.Pair("stride", 1), s.Pair("padding", 0), s.Pair("dilation", 1))),
        ["tril"] = One((x, s) => x.Tril(s.Integer("diagonal", 0))),
        ["triu"] = One((x, s) => x.Triu(s.Integer("diagonal", 0))),
        ["pad"] = One((x, s) => x.Pad(s.Longs("pad"), Mode(s.Text("mode", "constant")), s.Number("value", 0))),

        ["index_fill"] = Two((x, indices, s) => x.MaskedFill(Chosen(x, indices, s.Integer("dim", 0)), s.Number("value", 0))),
        ["index_copy"] = All((x, s) => x[0].MaskedFill(Chosen(x[0], x[1], s.Integer("dim", 0)), 0).IndexAdd(s.Integer("dim", 0), x[1], x[2])),
        ["index_select"] = Two((x, indices, s) => x.IndexSelect(s.Integer("dim", 0), indices)),
        ["take_along_dim"] = Two((x, indices, s) => x.Gather(s.Integer("dim", 0), indices)),
        ["take"] = Two((x, indices) => x.Reshape(-1)[indices]),
        ["gather"] = Two((x, indices, s) => x.Gather(s.Integer("dim", 0), indices)),
        ["scatter"] = All((x, s) => x.At(2) is { } source ? x[0].Scatter(s.Integer("dim", 0), x[1], source) : x[0].Scatter(s.Integer("dim", 0), x[1], s.Number("value", 0))),
        ["scatter_add"] = All((x, s) => x[0].ScatterAdd(s.Integer("dim", 0), x[1], x[2])),
        ["index_add"] = All((x, s) => x[0].IndexAdd(s.Integer("dim", 0), x[1], s.Has("alpha") ? x[2] * s.Number("alpha", 1) : x[2])),
        ["index"] = Two((x, indices) => x[(indices < 0).Where(indices + x.Shape[0], indices)]),
        ["one_hot"] = One((x, s) => x.OneHot(s.Integer("num_classes", -1) is > 0 and int classes ? classes : (long)x.Amax().Item() + 1)),
        ["embedding"] = Two((indices, table, s) => indices.Embedding(table, PaddingIndex(s, table))),
        ["embedding_bag"] = All(EmbeddingBag),
    };

    // Bags of one size: each row of indices is one.
    static Tensor EmbeddingBag(Tensor[] x, Settings s)
    {
        if (x.Length > 2 || s.Has("padding_idx")) throw new SkippedException("bags of different sizes");
        Tensor found = x[0].Embedding(x[1]);
        return s.Text("mode", "mean") switch
        {
            "sum" => found.Sum(1),
            "max" => found.Max(1).Values,
            _ => found.Mean(1),
        };
    }

    // True at the positions of an axis that the indices name.
    static Tensor Chosen(Tensor x, Tensor indices, int dim)
    {
        int axis = dim < 0 ? dim + x.Rank : dim;
        Tensor named = indices.OneHot(x.Shape[axis]).Any(0);
        return named.Reshape([x.Shape[axis], .. Enumerable.Repeat(1L, x.Rank - axis - 1)]).Expand(x.Shape);
    }

    // The first parts are one longer where the number does not divide the axis.
    static Tensor[] TensorSplit(Tensor x, Settings s)
    {
        int dim = s.Integer("dim", 0);
        long size = x.Shape[dim < 0 ? dim + x.Rank : dim];
        long[] ends = s.Has("indices")
            ? [.. s.Longs("indices").Select(i => Math.Min(i, size)), size]
            : [.. Enumerable.Range(1, s.Integer("sections", 1)).Select(i => (i * (size / s.Integer("sections", 1))) + Math.Min(i, size % s.Integer("sections", 1)))];
        return [.. ends.Select((end, i) => x.Slice(dim, i == 0 ? 0 : ends[i - 1], end))];
    }

    static Tensor MoveDim(Tensor x, Settings s)
    {
        int[] from = [.. s.Integers("source").Select(d => d < 0 ? d + x.Rank : d)], to = [.. s.Integers("destination").Select(d => d < 0 ? d + x.Rank : d)];
        if (from.Length == 1) return x.MoveDim(from[0], to[0]);
        var others = new Queue<int>(Enumerable.Range(0, x.Rank).Except(from));
        return x.Permute([.. Enumerable.Range(0, x.Rank).Select(i => Array.IndexOf(to, i) is >= 0 and int place ? from[place] : others.Dequeue())]);
    }

    static Tensor Narrow(Tensor x, Settings s)
    {
        int dim = s.Integer("dim", 0), start = s.Integer("start", 0);
        if (start < 0) start += (int)x.Shape[dim < 0 ? dim + x.Rank : dim];
        return x.Slice(dim, start, start + s.Integer("length", 0));
    }

    static Tensor RepeatInterleave(Tensor[] x, Settings s)
    {
        if (x.At(1) is { } each) return s.Has("dim") ? x[0].RepeatInterleave(each, s.Integer("dim", 0)) : x[0].Reshape(-1).RepeatInterleave(each, 0);
        return s.Has("dim") ? x[0].RepeatInterleave(s.Integer("repeats", 1), s.Integer("dim", 0)) : x[0].RepeatInterleave(s.Integer("repeats", 1));
    }

    static Tensor Unflatten(Tensor x, Settings s)
    {
        int dim = s.Integer("dim", 0) is < 0 and int fromEnd ? fromEnd + x.Rank : s.Integer("dim", 0);
        long[] sizes = s.Longs("sizes");
        if (Array.IndexOf(sizes, -1) is >= 0 and int open) sizes[open] = x.Shape[dim] / -sizes.Aggregate((a, b) => a * b);
        return x.Reshape([.. x.Shape.Take(dim), .. sizes, .. x.Shape.Skip(dim + 1)]);
    }

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
