using System.Globalization;
using Adjoint.Cli.Recipes;
using Adjoint.Data;
using Adjoint.Formats;
using Adjoint.Nn;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>A trained model with all that it takes to use it: recipe, seed (which divides the data) and normalisation.</summary>
internal sealed record SavedModel(string Path, Recipe Recipe, ulong Seed, Normalize Normalize, Module<Tensor, Tensor> Model)
{
    /// <summary>What the file's header says, for <see cref="Load"/> and for people.</summary>
    public static Dictionary<string, string> Metadata(Recipe recipe, ulong seed, Normalize normalize, Module model) => new()
    {
        ["format"] = "adjoint",
        ["recipe"] = recipe.Name,
        ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
        ["architecture"] = Architecture(model),
        ["classes"] = string.Join('\n', recipe.Classes),
        ["normalisation.means"] = Join(normalize.Means),
        ["normalisation.deviations"] = Join(normalize.Deviations),
    };

    /// <summary>Modules with parameters of their own, by path: <c>0 Conv2d(16x1x3x3)</c> …</summary>
    public static string Architecture(Module model) => string.Join(", ", model.NamedModules()
        .Where(m => m.Name.Length > 0 && m.Module is not Sequential)
        .Select(m => $"{m.Name} {m.Module.GetType().Name}{Weight(m.Module)}"));

    /// <summary>Reads a model file, or that of a run's folder.</summary>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="FormatException">It is not a file that this tool wrote.</exception>
    public static SavedModel Load(string path, string command)
    {
        string file = Directory.Exists(path) ? System.IO.Path.Combine(path, "model.safetensors") : path;
        if (!File.Exists(file)) throw new FileNotFoundException($"{command}: a run's folder or a model file must be named, but {file.Quoted()} does not exist. Hint: adjoint train digits makes one.");
        IReadOnlyDictionary<string, string> facts = Facts(file);
        Recipe recipe = Recipe.All.FirstOrDefault(r => r.Name == Fact("recipe")) ?? throw new FormatException($"{command}: the model must be of a known recipe, but that of {file.Quoted()} is {Fact("recipe").Quoted()}.");
        if (!ulong.TryParse(Fact("seed"), CultureInfo.InvariantCulture, out ulong seed)) throw new FormatException($"{command}: the seed must be a whole number, but that of {file.Quoted()} is {Fact("seed").Quoted()}.");
        var normalize = new Normalize(Split("normalisation.means"), Split("normalisation.deviations"));
        Module<Tensor, Tensor> model = recipe.Model(new(seed));
        ModelFile.Load(file, model);
        model.Eval();
        return new(file, recipe, seed, normalize, model);

        string Fact(string key) => facts.TryGetValue(key, out string? value) ? value
            : throw new FormatException($"{command}: the header of a model must name its recipe, seed and normalisation, but that of {file.Quoted()} has no {key.Quoted()}. Hint: only models of adjoint train can be used.");

        double[] Split(string key) => [.. Fact(key).Split(',').Select(v => double.TryParse(v, CultureInfo.InvariantCulture, out double number) ? number
            : throw new FormatException($"{command}: normalisation must be numbers, but {key.Quoted()} in {file.Quoted()} is {Fact(key).Quoted()}."))];
    }

    static IReadOnlyDictionary<string, string> Facts(string file)
    {
        using SafetensorsFile open = Safetensors.Read(file);
        return open.Metadata;
    }

    static string Join(IEnumerable<double> values) => string.Join(',', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));

    static string Weight(Module module) => module.NamedParameters() is [(_, { } weight), ..] ? $"({string.Join('x', weight.Shape)})" : "";
}
