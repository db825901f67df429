using Adjoint.Formats;
using Adjoint.Nn;

namespace Adjoint.Training;

/// <summary>A model's parameters and buffers as a file in the safetensors format.</summary>
public static class ModelFile
{
    /// <summary>Writes the state under a temporary name and renames it, so that a process killed at any moment leaves the old file or the new one.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="model">Whose state is written.</param>
    /// <param name="metadata">Free text for the header.</param>
    /// <exception cref="IOException">The disk refuses; an existing file is untouched.</exception>
    [PyTorch("torch.save", Differs = "A safetensors file of `model.State()`; no pickles.")]
    public static void Save(string path, Module model, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Safetensors.Write(path, model.State(), metadata);
    }

    /// <summary>Copies a file's tensors into a model; names and shapes must be the model's.</summary>
    /// <returns>The header's free text.</returns>
    /// <exception cref="FormatException">The file is no safetensors file.</exception>
    /// <exception cref="ArgumentException">Names are missing or unexpected, or shapes differ; the model is untouched.</exception>
    [PyTorch("torch.load", Differs = "Into a model that is there already.")]
    public static IReadOnlyDictionary<string, string> Load(string path, Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using SafetensorsFile file = Safetensors.Read(path);
        using Scope scope = Scope.Begin("model file");
        model.LoadState(file.LoadAll());
        return file.Metadata;
    }
}
