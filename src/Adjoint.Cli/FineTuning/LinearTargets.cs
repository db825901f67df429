using Adjoint.Cli.Recipes.Files;
using Adjoint.Formats;
using Adjoint.Language;
using Adjoint.Nn;

namespace Adjoint.Cli.FineTuning;

/// <summary>The linear layers of a language model that adapters may be for, by the names that Hugging Face's models give them.</summary>
internal static class LinearTargets
{
    /// <summary>Every linear layer but the head, as PEFT means it.</summary>
    public const string All = "all-linear";

    const string Head = "lm_head";

    /// <summary>The paths of the layers that names mean: whole names, or their ends.</summary>
    /// <exception cref="UsageException">A name means none of them.</exception>
    public static IReadOnlyList<string> Paths(PretrainedModel model, IReadOnlyList<string> targets)
    {
        (string Path, string Name)[] layers = [.. Of(model)];
        foreach (string target in targets)
        {
            if (target == All || Array.Exists(layers, l => IsMeant(l.Name, target))) continue;
            string[] ends = [.. layers.Select(l => End(l.Name)).Distinct()];
            throw new UsageException($"finetune: targets must be linear layers of the model, which are {Words.Or([.. ends, All])}, but one is {target.Quoted()}.");
        }

        return [.. layers.Where(l => targets.Any(t => t == All ? !IsHead(l) : IsMeant(l.Name, t))).Select(l => l.Path)];
    }

    /// <summary>The paths of all that may be quantized: every layer but the head.</summary>
    public static IReadOnlyList<string> InBlocks(PretrainedModel model) => Paths(model, [All]);

    // A head that is the token embedding too cannot be changed apart from it, and an adapter on it could not be merged.
    static IEnumerable<(string Path, string Name)> Of(PretrainedModel model)
    {
        HashSet<Tensor> tied = [.. model.Model.Walk().Aliases.Select(a => a.Value)];
        return Lora.AllLinear(model.Model).Where(l => !tied.Contains(l.Layer.Weight)).Select(l => (l.Path, Name: model.AdapterNames.Of(l.Path)!)).Where(l => l.Name is not null);
    }

    static bool IsHead((string Path, string Name) layer) => layer.Name == Head || layer.Path == "Head";

    static bool IsMeant(string name, string target) => name == target || name.EndsWith($".{target}", StringComparison.Ordinal);

    static string End(string name) => name[(name.LastIndexOf('.') + 1)..];
}
