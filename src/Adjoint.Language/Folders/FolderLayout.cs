using System.Text.Json;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Training;

namespace Adjoint.Language.Folders;

/// <summary>How a kind of model stands in a folder of Hugging Face: its settings, and the names and shapes of its tensors.</summary>
internal abstract class FolderLayout
{
    /// <summary>The names of the kind in <c>config.json</c>: of the family, and of the class with a head.</summary>
    public abstract (string Family, string Class) Kind { get; }

    public abstract int Layers { get; }

    public abstract long Vocabulary { get; }

    public abstract long Context { get; }

    /// <summary>What names begin with, though some folders leave it out.</summary>
    public abstract string Prefix { get; }

    /// <summary>All tensors that there must be, in the order in which they are written.</summary>
    public abstract IEnumerable<FolderWeight> Weights { get; }

    /// <summary>Whether a tensor that is no weight may be there: buffers of old versions, a tied head.</summary>
    public abstract bool Ignores(string name);

    public abstract Layer Make(DType dtype);

    public abstract void WriteSettings(Utf8JsonWriter json);

    /// <summary>What linear layers are called in files of adapters.</summary>
    public abstract AdapterNames Adapters { get; }

    public static FolderLayout Of(JsonFile config)
    {
        string? family = config.Text("model_type");
        return family switch
        {
            "gpt2" => GptLayout.Read(config),
            "llama" or LlamaLayout.Mistral => LlamaLayout.Read(config),
            null => throw new FormatException($"pretrained: config.json names the kind of model, but {config.File} has no 'model_type'."),
            _ => throw config.Unsupported("model_type", "models of the kinds \"gpt2\", \"llama\" and \"mistral\" are read"),
        };
    }

    public static FolderLayout Of(Layer model) => model switch
    {
        Gpt gpt => new GptLayout(gpt.Settings),
        Llama llama => new LlamaLayout(llama.Settings),
        _ => throw new ArgumentException($"pretrained: a folder holds a Gpt or a Llama, but the model is a {model.GetType().Name}."),
    };

    /// <summary>Reads settings whose sizes must fit together.</summary>
    protected static void Check(JsonFile config, Func<long> count)
    {
        try
        {
            _ = count();
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"pretrained: the sizes of a model must fit together, but those of {config.File} do not: {e.Message}", e);
        }
    }
}
