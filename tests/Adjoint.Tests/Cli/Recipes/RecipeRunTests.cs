using System.Globalization;
using System.Text.Json.Nodes;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli.Recipes;

/// <summary>Recipes of one's own, from file to answers.</summary>
[Collection(Alone.Name)]
public sealed class RecipeRunTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string Run => _folder.File("run");

    public void Dispose() => _folder.Dispose();

    static Task<ToolRun> Tool(params string[] args) => ToolRun.Of(args, TestContext.Current.CancellationToken);

    string Recipe(string text)
    {
        File.WriteAllText(_folder.File("recipe.json"), text);
        return _folder.File("recipe.json");
    }

    /// <summary>Three clouds of points, and the class of each.</summary>
    void Points(string name = "points.csv")
    {
        var random = new Random(3);
        (string Class, double X, double Y)[] middles = [("north", 0, 2), ("east", 2, 0), ("west", -2, 0)];
        File.WriteAllLines(_folder.File(name), Enumerable.Range(0, 150).Select(i => middles[i % 3]).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.X + random.NextDouble():0.000},{m.Class},{m.Y + random.NextDouble():0.000}")).Prepend("x,place,y"));
    }

    const string PointsRecipe = """
        {
          "name": "points",
          "data": { "kind": "csv", "file": "points.csv", "label": "place" },
          "model": { "kind": "mlp", "hidden": [8] },
          "objective": { "kind": "classification" },
          "optimizer": { "kind": "adamw", "learningRate": 0.05 },
          "training": { "epochs": 8, "batchSize": 16 }
        }
        """;

    [Fact]
    public async Task A_table_with_classes_is_learned_scored_and_asked()
    {
        Points();
        ToolRun run = await Tool("train", Recipe(PointsRecipe), "--out", Run);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.StartsWith("points: 105 rows to train on, 15 to validate, 30 to test; 51 parameters; seed 1\n", run.Output, StringComparison.Ordinal);

        ToolRun eval = await Tool("eval", Run, "--json", _folder.File("eval.json"));
        Assert.Equal(("", 0), (eval.Error, eval.Code));
        JsonNode record = JsonNode.Parse(File.ReadAllText(_folder.File("eval.json")))!;
        Assert.Equal(["east", "north", "west"], record["classes"]!.AsArray().Select(c => (string)c!));
        Assert.InRange((double)record["test"]!["accuracy"]!, 0.95, 1);
        JsonNode trained = JsonNode.Parse(File.ReadAllText(Path.Combine(Run, "run.json")))!;
        Assert.Equal((double)trained["test"]!["loss"]!, (double)record["test"]!["loss"]!, 6);

        _folder.Write("ask.csv", "2.4,0.5\n0.5,2.5\n"u8.ToArray());
        ToolRun asked = await Tool("predict", Run, "--input", _folder.File("ask.csv"));
        Assert.Equal(("", 0), (asked.Error, asked.Code));
        Assert.Matches("^row 0: east \\(9[0-9.]+ %\\)\n", asked.Output);
        Assert.Contains("\nrow 1: north (", asked.Output, StringComparison.Ordinal);
        _folder.Write("ask.csv", "1,2,3\n"u8.ToArray());
        asked = await Tool("predict", Run, "--input", _folder.File("ask.csv"));
        Assert.Equal((1, $"predict: every line must have the 2 columns that 'points.csv' has beside its label, but '{_folder.File("ask.csv")}' has 3 columns.\n"), (asked.Code, asked.Error));
        Assert.Matches("^test row 0, which is: (east|north|west)\n", (await Tool("predict", Run, "--index", "0")).Output);
    }

    [Fact]
    public async Task A_run_is_repeated_elsewhere_and_other_data_is_noticed()
    {
        Points();
        await Tool("train", Recipe(PointsRecipe), "--out", Run, "--quiet");
        // Its paths are whole: the recipe in the run's folder works from there.
        ToolRun again = await Tool("train", Path.Combine(Run, "recipe.json"), "--out", _folder.File("again"), "--quiet");
        Assert.Equal(("", 0), (again.Error, again.Code));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Run, "model.safetensors")), File.ReadAllBytes(_folder.File("again/model.safetensors")));

        File.WriteAllText(_folder.File("points.csv"), File.ReadAllText(_folder.File("points.csv")).Replace("west", "south", StringComparison.Ordinal));
        ToolRun eval = await Tool("eval", Run);
        Assert.Equal((1, "eval: the data must have the columns, classes and characters that the model was trained on, but it has others now.\n"), (eval.Code, eval.Error));
        Directory.CreateDirectory(_folder.File("moved"));
        Points("moved/points.csv");
        Assert.Equal(0, (await Tool("eval", Run, "--data", _folder.File("moved"))).Code);
        File.Delete(_folder.File("points.csv"));
        eval = await Tool("eval", Run);
        Assert.Equal((1, $"data: the recipe's file must exist, but '{_folder.File("points.csv")}' does not. Hint: relative paths start at the recipe's folder, and --data names another.\n"), (eval.Code, eval.Error));
    }

    [Fact]
    public async Task A_table_with_targets_is_learned_scored_and_asked()
    {
        var random = new Random(3);
        File.WriteAllLines(_folder.File("sums.csv"), Enumerable.Range(0, 200).Select(_ => (X: random.NextDouble(), Y: random.NextDouble())).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X};{p.X + p.Y};{p.Y}")).Prepend("x;sum;y"));
        string recipe = Recipe("""
            {
              "name": "sums",
              "data": { "kind": "csv", "file": "sums.csv", "separator": ";", "targets": ["sum"], "test": 0 },
              "model": { "kind": "sequential", "layers": [{ "kind": "linear", "in": 2, "out": 1 }] },
              "objective": { "kind": "regression" },
              "optimizer": { "kind": "adam", "learningRate": 0.1 },
              "schedule": { "kind": "linear", "warmup": 2 },
              "training": { "epochs": 30 }
            }
            """);
        ToolRun run = await Tool("train", recipe, "--accumulate", "2", "--clip", "1", "--average-decay", "0.5", "--out", Run);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Contains(" 0 to test;", run.Output, StringComparison.Ordinal);
        Assert.Matches("^sums: 20 validation rows, loss 0\\.00[0-9]+\n$", (await Tool("eval", Run)).Output);
        _folder.Write("ask.csv", "0.25;0.5\n"u8.ToArray());
        Assert.Matches("^row 0: sum 0\\.7[0-9]+\n$", (await Tool("predict", Run, "--input", _folder.File("ask.csv"))).Output);
        JsonNode settings = JsonNode.Parse(File.ReadAllText(Path.Combine(Run, "recipe.json")))!["training"]!;
        Assert.Equal((2, 1.0, 0.5), ((int)settings["accumulate"]!, (double)settings["clip"]!, (double)settings["averageDecay"]!));
    }

    [Theory]
    [InlineData("gpt", "characters", "")]
    [InlineData("llama", "bytes", ", \"test\": 0.1, \"stride\": 4")]
    public async Task A_text_is_learned_by_a_language_model(string model, string tokens, string more)
    {
        File.WriteAllText(_folder.File("text.txt"), string.Concat(Enumerable.Repeat("the cat sat on the mat; größe 🐈! ", 60)));
        string recipe = Recipe($$"""
            {
              "name": "cats",
              "data": { "file": "text.txt", "tokens": "{{tokens}}", "context": 16{{more}}, "kind": "text" },
              "model": { "kind": "{{model}}", "width": 16, "layers": 1, "heads": 2 },
              "objective": { "kind": "next-token" },
              "optimizer": { "kind": "adamw", "learningRate": 0.01, "noDecayOnVectors": true },
              "schedule": { "kind": "cosine", "warmup": 4 },
              "training": { "epochs": 12, "batchSize": 8 }
            }
            """);
        ToolRun run = await Tool("train", recipe, "--out", Run);
        Assert.Equal(("", 0), (run.Error, run.Code));
        ToolRun eval = await Tool("eval", Run, "--json", _folder.File("eval.json"));
        Assert.Equal(("", 0), (eval.Error, eval.Code));
        string part = more.Length == 0 ? "validation" : "test";
        Assert.Matches($"^cats: [0-9]+ {part} rows, loss [01]\\.[0-9]+, perplexity [1-4]\\.[0-9]+\n$", eval.Output);
        JsonNode record = JsonNode.Parse(File.ReadAllText(_folder.File("eval.json")))![part]!;
        Assert.Equal(Math.Exp((double)record["loss"]!), (double)record["perplexity"]!, 9);
        Assert.Null(record["accuracy"]);
        ToolRun asked = await Tool("predict", Run, "--index", "0");
        Assert.Equal((2, $"predict: a model must give classes or numbers to be asked for them, but that of '{Path.Combine(Run, "model.safetensors")}' goes on with a text.\n"), (asked.Code, asked.Error));
    }

    [Theory]
    [InlineData("\"label\": \"place\"", "\"label\": \"palce\"", "csv: a column must exist to be read, but '{0}' has 3 columns named 'x', 'place', 'y' and 'palce' is none of them.")]
    [InlineData("\"label\": \"place\"", "\"label\": \"place\", \"classes\": [\"north\", \"east\"]", "data: every label must be one of the recipe's classes, but '{0}' has 'west'.")]
    [InlineData("\"label\": \"place\"", "\"label\": \"place\", \"separator\": \";\"", "csv: a column must exist to be read, but '{0}' has 1 columns without names and 'place' is none of them.")]
    [InlineData("\"label\": \"place\"", "\"label\": \"x\", \"columns\": [\"y\", \"place\"]", "csv: cells must be numbers, but line 2, column 2 of '{0}' is 'north'.")]
    public async Task A_table_that_does_not_fit_is_refused(string old, string now, string sentence)
    {
        Points();
        ToolRun run = await Tool("train", Recipe(PointsRecipe.Replace(old, now, StringComparison.Ordinal)), "--out", Run);
        Assert.Equal((1, string.Format(CultureInfo.InvariantCulture, sentence, _folder.File("points.csv")) + "\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_text_that_is_too_short_or_no_text_is_refused()
    {
        string text = _folder.Write("text.txt", "short"u8.ToArray());
        string recipe = Recipe("""{"name": "t", "data": {"kind": "text", "file": "text.txt"}, "model": {"kind": "gpt"}, "objective": {"kind": "next-token"}, "optimizer": {"kind": "adamw"}}""");
        Assert.Equal($"data: each part of a text must have more tokens than the context of 64, but the training part of '{text}' has 4 of its 5 tokens.\n", (await Tool("train", recipe)).Error);
        _folder.Write("text.txt", [0xFF, 0xFE]);
        Assert.Equal($"data: a text must be UTF-8, but '{text}' is not. Hint: \"tokens\": \"bytes\" takes any file.\n", (await Tool("train", recipe)).Error);
    }

    [Fact]
    public async Task Classes_of_numbers_get_the_names_and_the_order_of_the_recipe()
    {
        File.WriteAllLines(_folder.File("points.csv"), Enumerable.Range(0, 60).Select(i => $"{i % 3},{(i % 3) - 1},{i % 2}"));
        string recipe = Recipe(PointsRecipe.Replace("\"label\": \"place\"", "\"label\": 0, \"classes\": [\"minus\", \"zero\", \"plus\"]", StringComparison.Ordinal));
        Assert.Equal("", (await Tool("train", recipe, "--out", Run, "--quiet")).Error);
        _folder.Write("ask.csv", "1,0\n"u8.ToArray());
        Assert.StartsWith("row 0: plus (", (await Tool("predict", Run, "--input", _folder.File("ask.csv"))).Output, StringComparison.Ordinal);
        ToolRun fewer = await Tool("train", recipe, "--set", "data.classes=[\"minus\",\"zero\"]");
        Assert.Equal($"data: labels must be below the number of classes, but '{_folder.File("points.csv")}' has 2 and the recipe names 2.\n", fewer.Error);
    }

    [Fact]
    public async Task A_profile_takes_a_file_too()
    {
        Points();
        ToolRun run = await Tool("profile", Recipe(PointsRecipe), "--steps", "1", "--warmup", "1", "--set", "model.hidden=[5]", "--batch-size", "4");
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.StartsWith("points: 33 parameters, 4 rows a step\n", run.Output, StringComparison.Ordinal);
        Assert.Equal("profile: --set changes recipes, but resnet18 is a model with random data, and 'a=1' is given.\n", (await Tool("profile", "resnet18", "--set", "a=1")).Error);
    }

    [Fact]
    public async Task The_carried_recipes_are_listed_shown_and_train_as_files()
    {
        ToolRun list = await Tool("recipes", "list");
        Assert.Matches("^recipe +what it is\ndigits +1,797 .+\nfashion-mnist +70,000 .+\ngpt --preset baby +A text.+\ngpt --preset char +A text.+\ngpt --preset gpt2-124m +A text.+\nmnist +70,000 .+\n$", list.Output);
        Assert.Equal(list.Output, (await Tool("recipes")).Output);
        ToolRun shown = await Tool("recipes", "show", "digits");
        string file = Recipe(shown.Output);
        Assert.Equal("", (await Tool("train", file, "--epochs", "1", "--out", Run, "--quiet")).Error);
        await Tool("train", "digits", "--epochs", "1", "--out", _folder.File("named"), "--quiet");
        Assert.Equal(File.ReadAllBytes(_folder.File("named/model.safetensors")), File.ReadAllBytes(Path.Combine(Run, "model.safetensors")));
        Assert.Equal((2, "recipes: the name must be digits, fashion-mnist, gpt or mnist, but it is 'digit'. Hint: did you mean 'digits'?\n"), ((await Tool("recipes", "show", "digit")).Code, (await Tool("recipes", "show", "digit")).Error));
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string)JsonNode.Parse((await Tool("recipes", "schema")).Output)!["$schema"]!);
        ToolRun folder = await Tool("train", Run);
        Assert.Equal((2, $"train: the recipe must be a file or a name, but '{Run}' is a folder. Hint: {Path.Combine(Run, "recipe.json")} repeats that run.\n"), (folder.Code, folder.Error));
    }
}
