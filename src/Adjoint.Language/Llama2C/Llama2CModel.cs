using System.Runtime.InteropServices;
using Adjoint.Formats;
using Adjoint.Models;

namespace Adjoint.Language.Llama2C;

/// <summary>A <see cref="Llama"/> in a file of llama2.c, version 0: sizes, then F32 weights without names.</summary>
/// <remarks>Source: Karpathy's llama2.c, <c>export.py</c> (<c>legacy_export</c>) and <c>run.c</c> (<c>memory_map_weights</c>).</remarks>
internal static class Llama2CModel
{
    const int PieceElements = 1 << 22;
    const double Epsilon = 1e-5, Theta = 10_000;

    public static PretrainedModel Load(string path, string? tokenizer, DType dtype)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        Llama2CHeader header = Llama2CHeader.Read(stream, path);
        Tokenizer? text = (tokenizer ?? Beside(path, header.Vocabulary)) is { } file ? Llama2CTokenizer.Open(file) : null;
        if (text is not null && text.Vocabulary != header.Vocabulary)
            throw new FormatException($"pretrained: model and tokenizer must have the same tokens, but {path.Quoted()} has {header.Vocabulary} of them and the tokenizer {text.Vocabulary}.");

        using NoGrad off = NoGrad.Scope();
        Llama model = new(header.Settings, new Generator(0), dtype);
        foreach (Tensor weight in BeforeTables(model)) Read(stream, weight);
        float[] tables = new float[header.TableElements];
        stream.ReadExactly(MemoryMarshal.AsBytes(tables.AsSpan()));
        if (!header.Settings.TiedHead) Read(stream, model.Head.Weight);
        model.Eval();
        return new(model, text, header.Context, Llama2CTokenizer.BosId) { UnreadTables = tables };
    }

    public static void Save(string path, PretrainedModel pretrained)
    {
        if (pretrained.Model is not Llama model) throw new ArgumentException($"llama2.c: a file holds a Llama, but the model is a {pretrained.Model.GetType().Name}.");
        LlamaSettings settings = model.Settings;
        if (settings.Window is not null) throw new ArgumentException($"llama2.c: in its programs tokens see the whole context, but the model has a window of {settings.Window}. Hint: save it as a folder.");
        if (settings.Rope is not { Theta: Theta, Scaling: null } || settings.Epsilon != Epsilon)
            throw new ArgumentException(FormattableString.Invariant($"llama2.c: programs take the rotary base for 10000 without scaling and ε for 1E-05, but the model has {settings.Rope} and {settings.Epsilon}. Hint: save it as a folder."));
        Llama2CHeader header = Llama2CHeader.Of(settings);
        AtomicFile.Write(path, stream =>
        {
            using NoGrad off = NoGrad.Scope();
            header.Write(stream);
            foreach (Tensor weight in BeforeTables(model)) Write(stream, weight, model);
            stream.Write(MemoryMarshal.AsBytes(pretrained.UnreadTables.Length == header.TableElements ? pretrained.UnreadTables.Span : Tables(header, settings.Rope)));
            if (!settings.TiedHead) Write(stream, model.Head.Weight, model);
        });
    }

    // Matrices lie kind by kind, not block by block.
    static IEnumerable<Tensor> BeforeTables(Llama model) =>
    [
        model.Tokens.Weight,
        .. model.Blocks.Select(b => b.AttentionNorm.Weight),
        .. model.Blocks.Select(b => b.Query.Weight),
        .. model.Blocks.Select(b => b.Key.Weight),
        .. model.Blocks.Select(b => b.Value.Weight),
        .. model.Blocks.Select(b => b.AttentionOutput.Weight),
        .. model.Blocks.Select(b => b.FeedForwardNorm.Weight),
        .. model.Blocks.Select(b => b.Gate.Weight),
        .. model.Blocks.Select(b => b.Down.Weight),
        .. model.Blocks.Select(b => b.Up.Weight),
        model.Norm.Weight,
    ];

    static void Read(FileStream stream, Tensor weight)
    {
        using Scope scope = Scope.Begin("llama2.c");
        Tensor target = weight.DType == DType.F32 ? weight : Tensor.Zeros(weight.Shape);
        Span<float> elements = target.AsWritableSpan<float>();
        for (int at = 0; at < elements.Length; at += PieceElements) stream.ReadExactly(MemoryMarshal.AsBytes(elements.Slice(at, Math.Min(PieceElements, elements.Length - at))));
        GC.KeepAlive(target);
        if (target != weight) weight.CopyFrom(target);
    }

    static void Write(FileStream stream, Tensor weight, Llama model)
    {
        using Scope scope = Scope.Begin("llama2.c");
        bool turns = model.Settings.Rope.Pairs == RopePairs.Halves && model.Blocks.Any(b => weight == b.Query.Weight || weight == b.Key.Weight);
        Tensor source = (turns ? RopeRows.ToAdjacent(weight, model.Settings.Width / model.Settings.Heads) : weight).To(DType.F32).Contiguous();
        ReadOnlySpan<float> elements = source.AsSpan<float>();
        for (int at = 0; at < elements.Length; at += PieceElements) stream.Write(MemoryMarshal.AsBytes(elements.Slice(at, Math.Min(PieceElements, elements.Length - at))));
        GC.KeepAlive(source);
    }

    static float[] Tables(Llama2CHeader header, RopeSettings rope)
    {
        double[] frequencies = rope.Frequencies(header.Width / header.Heads);
        float[] tables = new float[header.TableElements];
        for (int i = 0; i < tables.Length / 2; i++)
        {
            double angle = i / frequencies.Length * frequencies[i % frequencies.Length];
            (tables[i], tables[i + (tables.Length / 2)]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
        }

        return tables;
    }

    static string? Beside(string path, long vocabulary)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] names = [$"tok{vocabulary}.bin", "tokenizer.bin"];
        return names.Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists);
    }
}
