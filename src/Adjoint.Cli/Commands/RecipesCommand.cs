using System.CommandLine;
using System.Text;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Formats;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint recipes list</c>, <c>adjoint recipes show NAME</c> and <c>adjoint recipes schema</c>.</summary>
internal sealed class RecipesCommand : Command, IExampled
{
    public RecipesCommand() : base("recipes", "Lists the recipes that the tool carries, shows one as a file, and prints the schema of such files.")
    {
        SetAction(List);
        var list = new Command("list", "Lists the recipes that the tool carries.");
        list.SetAction(List);
        Add(list);
        Add(new ShowRecipeCommand());
        var schema = new Command("schema", "Prints the JSON schema of recipes, for editors.");
        schema.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(RecipeSchema.Text));
        Add(schema);
    }

    public IReadOnlyList<string> Examples { get; } = ["recipes list", "recipes show digits > recipe.json", "recipes schema > recipe.schema.json"];

    int List(ParseResult parsed)
    {
        var screen = new Screen(parsed.InvocationConfiguration.Output, quiet: false);
        screen.Table(2, ["recipe", "what it is"], [.. BuiltIn.Names.SelectMany(Rows)]);
        return Tool.Success;
    }

    IEnumerable<string[]> Rows(string name) => BuiltIn.Presets(name) is { Count: > 0 } presets
        ? presets.Select(preset => (string[])[$"{name} --preset {preset}", BuiltIn.Find(name, Name, preset).Summary])
        : [[name, BuiltIn.Find(name, Name).Summary]];
}

/// <summary><c>adjoint recipes show NAME</c>.</summary>
internal sealed class ShowRecipeCommand : Command, IExampled
{
    readonly Argument<string> _name = new("name") { HelpName = "name", Description = $"{Words.Or(BuiltIn.Names)}." };
    readonly Option<string?> _preset = RecipeChoice.Preset();

    public ShowRecipeCommand() : base("show", "Prints a recipe as a file to start from.")
    {
        Add(_name);
        Add(_preset);
        SetAction(Show);
    }

    public IReadOnlyList<string> Examples { get; } = ["recipes show digits", "recipes show gpt --preset char > recipe.json"];

    int Show(ParseResult parsed)
    {
        string name = parsed.GetRequiredValue(_name);
        if (!BuiltIn.Names.Contains(name)) throw new UsageException($"recipes: the name must be {Words.Or(BuiltIn.Names)}, but it is {name.Quoted()}.{Words.DidYouMean(name, BuiltIn.Names)}");
        parsed.InvocationConfiguration.Output.Write(Encoding.UTF8.GetString(BuiltIn.Bytes(name, parsed.GetValue(_preset), "recipes")));
        return Tool.Success;
    }
}
