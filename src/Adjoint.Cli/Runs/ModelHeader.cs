using System.Globalization;
using System.Text.Json;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Formats;

namespace Adjoint.Cli.Runs;

/// <summary>What the header of a model's file says.</summary>
internal sealed class ModelHeader
{
    readonly string _file, _command;
    readonly IReadOnlyDictionary<string, string> _facts;

    /// <exception cref="FormatException">It is no safetensors file.</exception>
    public ModelHeader(string file, string command)
    {
        (_file, _command) = (file, command);
        using SafetensorsFile open = Safetensors.Read(file);
        _facts = open.Metadata;
    }

    /// <summary>A text.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public string this[string key] => _facts.TryGetValue(key, out string? value) ? value
        : throw new FormatException($"{_command}: the header of a model must hold its recipe, what its data was like, and normalisation, but that of {_file.Quoted()} has no {key.Quoted()}. Hint: only models of adjoint train can be used.");

    /// <summary>Numbers with commas between them.</summary>
    public double[] Numbers(string key) => [.. this[key].Split(',').Select(v => double.TryParse(v, CultureInfo.InvariantCulture, out double number) ? number : throw Unfit(key, "numbers"))];

    /// <summary>What the data was like.</summary>
    public DataFacts Facts()
    {
        long[] input = [.. this["inputs"].Split('x').Select(v => long.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out long size) && size is > 0 and < 1L << 40 ? size : throw Unfit("inputs", "sizes"))];
        if (!long.TryParse(this["vocabulary"], NumberStyles.None, CultureInfo.InvariantCulture, out long vocabulary) || vocabulary > 1L << 40) throw Unfit("vocabulary", "a number of tokens");
        return new([.. input], Names(), vocabulary, _facts.GetValueOrDefault("characters"), _facts.GetValueOrDefault("tokenizer"));
    }

    string[] Names()
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(this["classes"], RecipeJson.Options) ?? throw Unfit("classes", "a list of names");
        }
        catch (JsonException)
        {
            throw Unfit("classes", "a list of names");
        }
    }

    FormatException Unfit(string key, string what) => new($"{_command}: {key} in the header of a model must be {what}, but in {_file.Quoted()} it is {this[key].Quoted()}.");
}
