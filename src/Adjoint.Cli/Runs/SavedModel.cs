using System.Globalization;
using System.Text;
using System.Text.Json;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;
using Adjoint.Formats;
using Adjoint.Nn;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>A trained model with all that it takes to use it: the recipe (whose seed divides the data), what the data was like, and its normalisation.</summary>
internal sealed record SavedModel(string Path, Recipe Recipe, DataFacts Facts, Normalize? Normalize, Module<Tensor, Tensor> Model)
{
    /// <summary>What divides the data, and where the initial weights came from.</summary>
    public ulong Seed => Recipe.Training.Seed;

    /// <summary>The folder that the file lies in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    /// <summary>What the file's header says, for <see cref="Load"/> and for people.</summary>
    public static Dictionary<string, string> Metadata(Recipe recipe, DataFacts facts, Normalize? normalize, Module model)
    {
        var header = new Dictionary<string, string>
        {
            ["format"] = "adjoint",
            ["name"] = recipe.Name,
            ["seed"] = recipe.Training.Seed.ToString(CultureInfo.InvariantCulture),
            ["recipe"] = RecipeFile.Text(recipe),
            ["architecture"] = Architecture(model),
            ["inputs"] = string.Join('x', facts.Input),
            ["classes"] = JsonSerializer.Serialize(facts.Names, RecipeJson.Options),
            ["vocabulary"] = facts.Vocabulary.ToString(CultureInfo.InvariantCulture),
        };
        if (facts.Characters is { } characters) header["characters"] = characters;
        if (facts.Tokenizer is { } tokenizer) header["tokenizer"] = tokenizer;
        if (normalize is null) return header;
        header["normalisation.means"] = Join(normalize.Means);
        header["normalisation.deviations"] = Join(normalize.Deviations);
        return header;
    }

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
        var header = new ModelHeader(file, command);
        Recipe recipe = RecipeFile.Parse(Encoding.UTF8.GetBytes(header["recipe"]), $"{command}: the recipe in {file.Quoted()}");
        DataFacts facts = header.Facts();
        Normalize? normalize = recipe.Data.IsNormalized ? new(header.Numbers("normalisation.means"), header.Numbers("normalisation.deviations")) : null;
        Module<Tensor, Tensor> model = recipe.Model.Build(facts, new(recipe.Training.Seed));
        ModelFile.Load(file, model);
        model.Eval();
        return new(file, recipe, facts, normalize, model);
    }

    /// <summary>The recipe's data, which must still be what the model was trained on.</summary>
    /// <exception cref="DataException">It has other columns, classes or characters now.</exception>
    public async Task<Splits> Data(DataSource source, string command)
    {
        Splits data = await Recipe.Data.Load(source with { Tokenizer = RunFolder.TokenizerIn(Folder) }, Streams.Split(new(Seed))).ConfigureAwait(false);
        return data.Facts.Fits(Facts) ? data : throw new DataException($"{command}: the data must have the columns, classes and characters that the model was trained on, but it has others now.");
    }

    static string Join(IEnumerable<double> values) => string.Join(',', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));

    static string Weight(Module module) => module.NamedParameters() is [(_, { } weight), ..] ? $"({string.Join('x', weight.Shape)})" : "";
}
