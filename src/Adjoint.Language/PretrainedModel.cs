using Adjoint.Formats;
using Adjoint.Language.Folders;
using Adjoint.Language.Llama2C;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Training;

namespace Adjoint.Language;

/// <summary>A language model from a file or folder, with what it takes to use it.</summary>
/// <param name="Model">Ids [B, T] to scores [B, T, V]: a <see cref="Models.Gpt"/> or a <see cref="Models.Llama"/>.</param>
/// <param name="Tokenizer">Its tokenizer; null where there is none.</param>
/// <param name="Context">The most tokens of a row.</param>
/// <param name="Bos">The token that every text begins with; null where there is none.</param>
/// <example><code>
/// PretrainedModel stories = PretrainedModel.Load("stories260K.bin", "tok512.bin");
/// Tensor next = stories.Model.Call(Tensor.From([(long)stories.Bos!], [1, 1]))[.., -1].Argmax(-1);
/// </code></example>
public sealed record PretrainedModel(Layer Model, Tokenizer? Tokenizer, long Context, int? Bos)
{
    /// <summary>The most bytes of weights in one file of a folder where nothing else is said: 5 GB, as in the library <c>transformers</c>.</summary>
    public const long ShardBytes = 5_000_000_000;

    /// <summary>What stood in a file of llama2.c where nobody reads: written back as it was. Empty for other models.</summary>
    internal ReadOnlyMemory<float> UnreadTables { get; init; }

    /// <summary>What the model's linear layers are called in files of adapters (<see cref="AdapterFile"/>), and how their outputs are ordered there: as in Hugging Face's models, whose library PEFT reads them.</summary>
    /// <remarks>So an adapter of a model of llama2.c fits the same model in a folder, and the other way round. A model that is neither a Gpt nor a Llama has its own paths.</remarks>
    public AdapterNames AdapterNames => Model is Gpt or Llama ? FolderLayout.Of(Model).Adapters : AdapterNames.Paths;

    /// <summary>Reads a model: a folder of Hugging Face with a GPT-2, a Llama or a Mistral, or a <c>.bin</c> file of llama2.c.</summary>
    /// <remarks>
    /// A folder has <c>config.json</c>, weights in <c>model.safetensors</c> or in the files of <c>model.safetensors.index.json</c>, which may
    /// be of another element type than the parameters, and mostly a tokenizer. The model is in evaluation mode. Everything is compared before memory is taken; files that can hold programs are not read.
    /// </remarks>
    /// <param name="path">The folder or file.</param>
    /// <param name="tokenizer">The file of its tokenizer, see <see cref="Language.Tokenizer.Load"/>; when omitted, the one beside the model, if there is one: in a folder <c>tokenizer.json</c>, or <c>vocab.json</c> with <c>merges.txt</c>; beside a file <c>tok512.bin</c> for 512 tokens, or <c>tokenizer.bin</c>.</param>
    /// <param name="dtype">The element type of the parameters.</param>
    /// <exception cref="FormatException">A file breaks a rule of its format, or is of a format that is not read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DTypeException">The type is not a floating-point type.</exception>
    public static PretrainedModel Load(string path, string? tokenizer = null, DType dtype = DType.F32)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!dtype.IsFloat) throw new DTypeException($"pretrained: parameters need a floating-point type, but the type is {dtype}.");
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"pretrained: a model is a folder or a file of llama2.c, but {path.Quoted()} is weights without settings. Hint: give the folder with its config.json.");
        return Directory.Exists(path) ? ModelFolder.Load(path, tokenizer, dtype) : Llama2CModel.Load(path, tokenizer, dtype);
    }

    /// <summary>Writes the model: as a file of llama2.c where the name ends in <c>.bin</c>, otherwise as a folder that Hugging Face's libraries read.</summary>
    /// <remarks>
    /// A file of llama2.c that was read is written again with the same bytes. Folders have rotary pairs as halves: the rows of other models are put into that order.
    /// Biases that a GPT lacks are written as zeros, and tokenizers where the format has a place for them. A <see cref="Models.Llama"/> with a window is written as a Mistral.
    /// Weights beyond <paramref name="shardBytes"/> go into several files, <c>model-00001-of-00002.safetensors</c> and so on, with <c>model.safetensors.index.json</c>; what an
    /// earlier model left in such files is removed.
    /// </remarks>
    /// <param name="path">The file or folder; files are replaced if they exist.</param>
    /// <param name="shardBytes">The most bytes of weights in one file of a folder; a tensor that is larger has a file of its own.</param>
    /// <exception cref="ArgumentException">The format has no place for such a model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A file may not have a byte.</exception>
    /// <exception cref="IOException">The disk refuses; an existing file is untouched.</exception>
    public void Save(string path, long shardBytes = ShardBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (shardBytes < 1) throw new ArgumentOutOfRangeException(nameof(shardBytes), $"pretrained: a file of weights must have room for a byte at least, but its most is {shardBytes}.");
        if (path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase)) Llama2CModel.Save(path, this);
        else ModelFolder.Save(path, this, shardBytes);
    }
}
