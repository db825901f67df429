using Adjoint.Cli.Recipes;
using Adjoint.Formats;
using Adjoint.Language;
using Adjoint.Nn;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>A language model by its path: what <c>adjoint train</c> left, or a published checkpoint.</summary>
internal static class LanguageModelFile
{
    /// <summary>Reads it.</summary>
    /// <param name="path">A run's folder or its model file; or what <see cref="PretrainedModel.Load"/> takes.</param>
    /// <param name="tokenizer">The tokenizer's file; null where it lies beside the model, or the model brings it.</param>
    /// <param name="command">Who asks.</param>
    /// <exception cref="FileNotFoundException">There is no such model or tokenizer.</exception>
    /// <exception cref="UsageException">The model is no language model, or brings its tokenizer and another is named.</exception>
    public static PretrainedModel Load(string path, string? tokenizer, string command)
    {
        if (!Path.Exists(path)) throw new FileNotFoundException($"{command}: a run's folder, a folder of Hugging Face or a file of llama2.c must be named, but {path.Quoted()} does not exist.");
        if (tokenizer is not null && !Path.Exists(tokenizer)) throw new FileNotFoundException($"{command}: --tokenizer must name a file, but {tokenizer.Quoted()} does not exist.");
        if (!IsRun(path)) return PretrainedModel.Load(path, tokenizer);
        if (tokenizer is not null) throw new UsageException($"{command}: a model of adjoint train brings its own tokenizer, but {tokenizer.Quoted()} is named with --tokenizer. Hint: leave it out.");
        SavedModel saved = SavedModel.Load(path, command);
        if (saved.Recipe.Data.Task != TaskKind.Tokens) throw new UsageException($"{command}: a model must have learned to go on with a text, but that of {saved.Path.Quoted()} gives classes or numbers.");
        // Not the model's own context, where that is longer: later positions were never trained.
        return new((Layer)saved.Model, Brought(saved, command), saved.Facts.Input[0], null);
    }

    static Tokenizer Brought(SavedModel saved, string command)
    {
        if (saved.Facts.Tokenizer is not { } digest) return new SavedTokenizer(saved.Facts.Characters);
        string path = RunFolder.TokenizerIn(saved.Folder) ?? throw new FileNotFoundException($"{command}: the tokenizer of a model of byte pairs must lie beside it, but {saved.Folder.Quoted()} has no tokenizer.json.");
        Tokenizer tokenizer = Tokenizer.Load(path);
        return TextTokens.DigestOf(tokenizer) == digest ? tokenizer : throw new FormatException($"{command}: the tokenizer beside a model must be the one that it was trained with, but {path.Quoted()} is another.");
    }

    /// <summary>Reads it, and hangs adapters at it, of which it makes use from then on.</summary>
    /// <param name="path">As above.</param>
    /// <param name="tokenizer">As above.</param>
    /// <param name="adapter">The folder with the adapters; null: none.</param>
    /// <param name="command">Who asks.</param>
    /// <exception cref="FileNotFoundException">There is no such model, tokenizer or adapter.</exception>
    /// <exception cref="FormatException">The adapters do not fit the model.</exception>
    public static PretrainedModel Load(string path, string? tokenizer, string? adapter, string command)
    {
        if (adapter is not null && !Directory.Exists(adapter)) throw new FileNotFoundException($"{command}: --adapter must name a folder, but {adapter.Quoted()} {(File.Exists(adapter) ? "is a file" : "does not exist")}.");
        PretrainedModel model = Load(path, tokenizer, command);
        if (adapter is null) return model;
        AdapterFile.Load(adapter, model.Model, model.AdapterNames, new Generator(0));
        model.Model.Eval();
        return model;
    }

    /// <summary>The tokenizer, which text needs.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static Tokenizer TokenizerOf(PretrainedModel model, string command) =>
        model.Tokenizer ?? throw new UsageException($"{command}: text needs a tokenizer, but none lies beside the model. Hint: name one with --tokenizer.");

    /// <summary>Whether <c>adjoint train</c> wrote it: its model file holds its recipe.</summary>
    public static bool IsRun(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "model.safetensors") : path;
        if (Path.GetExtension(file) != ".safetensors" || !File.Exists(file)) return false;
        using SafetensorsFile open = Safetensors.Read(file);
        return open.Metadata.ContainsKey("recipe");
    }
}
