using System.Buffers.Binary;
using System.Numerics;
using Adjoint.Formats;
using Adjoint.Models;

namespace Adjoint.Language.Llama2C;

/// <summary>The seven numbers that a file of llama2.c (its version 0) begins with. A negative vocabulary means a head of its own.</summary>
internal readonly record struct Llama2CHeader(int Width, int FeedForward, int Layers, int Heads, int KeyValueHeads, int SignedVocabulary, int Context)
{
    public const int Bytes = 7 * sizeof(int);

    /// <summary>What files of the later versions begin with: "ak42".</summary>
    const int LaterMagic = 0x616b3432;

    public long Vocabulary => Math.Abs((long)SignedVocabulary);

    /// <summary>Reads and checks: the sizes fit together, and the file is as long as they say.</summary>
    public static Llama2CHeader Read(Stream stream, string file)
    {
        file = file.Quoted();
        long fileBytes = stream.Length;
        if (fileBytes < Bytes) throw new FormatException($"llama2.c: a file begins with {Bytes} bytes of sizes, but {file} has {fileBytes} bytes.");
        Span<byte> bytes = stackalloc byte[Bytes];
        stream.ReadExactly(bytes);
        if (bytes is [(byte)'P', (byte)'K', ..] or [0x80, >= 2 and <= 5, ..])
            throw new FormatException($"pretrained: weights are read from safetensors and llama2.c's files, but {file} is one of PyTorch, which can hold any program. Hint: convert it to safetensors where it was made.");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes) == LaterMagic)
            throw new FormatException($"llama2.c: files of version 0 are read, but {file} is of version {BinaryPrimitives.ReadInt32LittleEndian(bytes[4..])}. Hint: export it with --version 0.");

        Llama2CHeader header = new(Number(bytes, 0), Number(bytes, 1), Number(bytes, 2), Number(bytes, 3), Number(bytes, 4), Number(bytes, 5), Number(bytes, 6));
        try
        {
            _ = header.Settings.ParameterCount;
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"llama2.c: the sizes of a model must fit together, but those of {file} do not: {e.Message}", e);
        }

        if (header.FileBytes != fileBytes) throw new FormatException($"llama2.c: a file must be as long as its sizes say, but {file} has {fileBytes} bytes and its sizes make {header.FileBytes}.");
        return header;
    }

    public static Llama2CHeader Of(LlamaSettings settings) => new(
        Field(settings.Width), Field(settings.FeedForward), settings.Layers, settings.Heads, settings.KeyValueHeads ?? settings.Heads,
        settings.TiedHead ? Field(settings.Vocabulary) : -Field(settings.Vocabulary), Field(settings.Context));

    public void Write(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        ReadOnlySpan<int> numbers = [Width, FeedForward, Layers, Heads, KeyValueHeads, SignedVocabulary, Context];
        for (int i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], numbers[i]);
        stream.Write(bytes);
    }

    public LlamaSettings Settings => new()
    {
        Vocabulary = Vocabulary, Context = Context, Width = Width, Layers = Layers, Heads = Heads, KeyValueHeads = KeyValueHeads, FeedForward = FeedForward,
        TiedHead = SignedVocabulary > 0,
    };

    /// <summary>The numbers of the two tables of angles, which no program reads: cosines, then sines, [Context, D/2] each.</summary>
    public long TableElements => (long)Context * (Width / Heads);

    // Sizes come from the file: their products may pass 64 bits.
    BigInteger FileBytes
    {
        get
        {
            BigInteger width = Width, shared = (BigInteger)KeyValueHeads * (Width / Heads);
            BigInteger layer = (2 * width) + (2 * width * (width + shared)) + (3 * width * FeedForward);
            BigInteger tables = (BigInteger)Context * (Width / Heads);
            return Bytes + (sizeof(float) * (((SignedVocabulary > 0 ? 1 : 2) * width * Vocabulary) + (Layers * layer) + width + tables));
        }
    }

    static int Number(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * index)..]);

    static int Field(long size) => size <= int.MaxValue ? (int)size : throw new ArgumentException($"llama2.c: a file holds sizes up to {int.MaxValue}, but one of the model's is {size}.");
}
