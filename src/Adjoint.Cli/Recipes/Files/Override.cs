using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>One value of a recipe that the command line replaces: <c>--set model.layers[0].out=32</c>, or an option such as <c>--epochs 5</c>.</summary>
/// <param name="Place">What errors begin with.</param>
/// <param name="Path">The property.</param>
/// <param name="Text">Its value as JSON, or else a text.</param>
internal sealed partial record Override(string Place, string Path, string Text)
{
    /// <summary>Reads <c>key=value</c>.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    public static Override Parse(string text)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0) throw new UsageException($"--set: a property and its value must be given as key=value, but it is {text.Quoted()}. Hint: --set training.epochs=5");
        string path = text[..at].Trim();
        if (!Keys().IsMatch(path)) throw new UsageException($"--set: a property must be named as in training.epochs or model.layers[0].out, but it is {path.Quoted()}.");
        return new($"--set {path}", path, text[(at + 1)..]);
    }

    /// <summary>Puts the value into a recipe.</summary>
    /// <exception cref="UsageException">There is no such place in it.</exception>
    public void Apply(JsonTree recipe)
    {
        string[] steps = [.. Step().Matches(Path).Select(m => m.Value.Trim('[', ']', '.'))];
        JsonTree at = recipe;
        string path = "a recipe";
        for (int i = 0; i < steps.Length; i++)
        {
            bool isLast = i == steps.Length - 1;
            switch (at)
            {
                case JsonObjectTree tree when !char.IsAsciiDigit(steps[i][0]):
                    if (isLast || tree[steps[i]] is null) tree.Set(steps[i], isLast ? Value() : new JsonObjectTree(Place, true, []));
                    if (isLast) return;
                    at = tree[steps[i]]!;
                    break;
                case JsonListTree list when char.IsAsciiDigit(steps[i][0]):
                    if (!int.TryParse(steps[i], CultureInfo.InvariantCulture, out int index) || index >= list.Items.Count)
                        throw new UsageException($"{Place}: {path} has {list.Items.Count} {(list.Items.Count == 1 ? "entry" : "entries")}, counted from 0, but the index is {steps[i]}.");
                    if (isLast)
                    {
                        list.Items[index] = Value();
                        return;
                    }

                    at = list.Items[index];
                    break;
                default:
                    throw new UsageException($"{Place}: {path} must be {(char.IsAsciiDigit(steps[i][0]) ? "a list" : "an object")} to have {(char.IsAsciiDigit(steps[i][0]) ? $"an entry {steps[i]}" : $"a property '{steps[i]}'")}, but it is {at.Shown}.");
            }

            path = i == 0 ? steps[i] : char.IsAsciiDigit(steps[i][0]) ? $"{path}[{steps[i]}]" : $"{path}.{steps[i]}";
        }
    }

    JsonTree Value()
    {
        try
        {
            return new JsonTreeReader(Place, isOption: true).Read(Encoding.UTF8.GetBytes(Text));
        }
        catch (FormatException) when (Text.Length <= JsonTreeReader.MostBytes)
        {
            return new JsonValueTree(Place, true, System.Text.Json.JsonTokenType.String, Text);
        }
    }

    [GeneratedRegex(@"^[A-Za-z$][A-Za-z0-9$_-]*(\.[A-Za-z$][A-Za-z0-9$_-]*|\[[0-9]{1,9}\])*$")]
    private static partial Regex Keys();

    [GeneratedRegex(@"[A-Za-z$][A-Za-z0-9$_-]*|\[[0-9]+\]")]
    private static partial Regex Step();
}
