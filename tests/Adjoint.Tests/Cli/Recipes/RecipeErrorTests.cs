using System.Text;
using Adjoint.Cli;
using Adjoint.Cli.Recipes.Files;
using Xunit;

namespace Adjoint.Tests.Cli.Recipes;

/// <summary>What is wrong with a recipe is said in a sentence with its line.</summary>
public class RecipeErrorTests
{
    const string Optimizers = "adadelta, adafactor, adagrad, adam, adamax, adamw, lion, muon, nadam, radam, rmsprop, rprop or sgd";

    [Theory]
    [InlineData("\"epochs\": 2", "\"epochs\": \"ten\"", "recipe.json, line 14: training.epochs must be a whole number of at least 1, but it is \"ten\".")]
    [InlineData("\"epochs\": 2", "\"epochs\": 2.5", "recipe.json, line 14: training.epochs must be a whole number of at least 1, but it is 2.5.")]
    [InlineData("\"epochs\": 2", "\"epochs\": 3000000000", "recipe.json, line 14: training.epochs must be a whole number from 1 to 2147483647, but it is 3000000000.")]
    [InlineData("\"batchSize\": 64", "\"batchsize\": 64", "recipe.json, line 15: a property of training must be epochs, epochSteps, batchSize, accumulate, patience, maxSteps, maxMinutes, clip, clipValue, averageDecay, precision, checkpointEvery, skipNonFinite, nanGuard or seed, but it is 'batchsize'. Hint: did you mean 'batchSize'?")]
    [InlineData("\"batchSize\": 64", "\"epochs\": 3", "recipe.json, line 15: a property may be given once, but training.epochs is given again.")]
    [InlineData("\"batchSize\": 64", "\"averageDecay\": 1", "recipe.json, line 15: training.averageDecay must be a number of at least 0 and below 1, but it is 1.")]
    [InlineData("\"batchSize\": 64", "\"clip\": 1e999", "recipe.json, line 15: training.clip must be a number above 0, but it is 1e999.")]
    [InlineData("\"batchSize\": 64", "\"nanGuard\": 1", "recipe.json, line 15: training.nanGuard must be true or false, but it is 1.")]
    [InlineData("\"batchSize\": 64", "\"seed\": -1", "recipe.json, line 15: training.seed must be a whole number of at least 0, but it is -1.")]
    [InlineData("\"batchSize\": 64", "\"precision\": \"f8\"", "recipe.json, line 15: training.precision must be \"float32\", \"bfloat16-mixed\" or \"float16-mixed\", but it is \"f8\".")]
    [InlineData("\"kind\": \"sgd\"", "\"kind\": \"adan\"", $"recipe.json, line 12: optimizer.kind must be {Optimizers}, but it is \"adan\". Hint: did you mean 'adam'?")]
    [InlineData("\"kind\": \"sgd\", ", "", $"recipe.json, line 12: optimizer must have the property 'kind' ({Optimizers}), but it has none of that name.")]
    [InlineData("{ \"kind\": \"linear\", \"in\": 64, \"out\": 10 }", "{ \"kind\": \"linear\", \"in\": 64 }", "recipe.json, line 8: model.layers[1] must have the property 'out', but it has none of that name.")]
    [InlineData("{ \"kind\": \"flatten\" }", "\"flatten\"", "recipe.json, line 7: model.layers[0] must be an object, but it is \"flatten\".")]
    [InlineData("  \"name\": \"small\",\n", "", "recipe.json, line 1: a recipe must have the property 'name', but it has none of that name.")]
    [InlineData("\"small\"", "\"a/b\"", "recipe.json, line 2: name must be a text that matches ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$, but it is \"a/b\".")]
    [InlineData("\"kind\": \"classification\"", "\"kind\": \"regression\"", "recipe.json, line 11: objective.kind must be classification, since data of kind digits has a class for each row, but it is regression.")]
    [InlineData("\"kind\": \"digits\"", "\"kind\": \"digits\", \"validation\": 0.9", "recipe.json, line 3: data.validation and data.test together must be below 1, but they are 0.9 and 0.2.")]
    [InlineData("\"kind\": \"digits\"", "\"kind\": \"csv\", \"file\": \"a.csv\"", "recipe.json, line 3: data of kind csv must have one of label and targets, but it has neither.")]
    [InlineData("\"epochs\": 2,", "\"epochs\": 2", "recipe.json, line 15, column 5: a recipe must be valid JSON, but '\"' is invalid after a value. Expected either ',', '}', or ']'.")]
    [InlineData("\"name\": \"small\"", "\"name\": \"\\ud800\"", "recipe.json, line 2: texts must be Unicode, but one holds half of a character.")]
    public void A_mistake_has_a_line(string old, string now, string sentence)
    {
        Exception error = Assert.ThrowsAny<Exception>(() => Texts.Parse(Texts.With(old.ReplaceLineEndings("\n"), now)));
        Assert.IsType<FormatException>(error);
        Assert.Equal(sentence, error.Message);
    }

    [Theory]
    [InlineData("", "recipe.json: a recipe must be a JSON object, but it is empty.")]
    [InlineData("// nothing", "recipe.json: a recipe must be a JSON object, but it is empty.")]
    [InlineData("[]", "recipe.json, line 1: a recipe must be an object, but it is an empty list.")]
    [InlineData("3", "recipe.json, line 1: a recipe must be an object, but it is 3.")]
    [InlineData("{} {}", "recipe.json, line 1, column 4: a recipe must be valid JSON, but '{' is invalid after a single JSON value. Expected end of data.")]
    public void What_is_no_object_is_no_recipe(string text, string sentence) => Assert.Equal(sentence, Assert.Throws<FormatException>(() => Texts.Parse(text)).Message);

    [Fact]
    public void Files_that_are_huge_deep_or_no_text_are_refused()
    {
        Assert.Equal("recipe.json: a recipe must have at most 1048576 bytes, but it has 2000000.", Refused(new byte[2_000_000]));
        Assert.StartsWith("recipe.json, line 1, column 65: a recipe must be valid JSON, but The maximum configured depth of 64 has been exceeded.", Refused(Encoding.UTF8.GetBytes(new string('[', 100_000))), StringComparison.Ordinal);
        Assert.Equal("recipe.json: a recipe must be UTF-8, but it is not.", Refused([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)'}']));

        static string Refused(byte[] bytes) => Assert.Throws<FormatException>(() => RecipeFile.Parse(bytes, "recipe.json")).Message;
    }

    [Fact]
    public void Several_mistakes_are_told_together_and_many_are_counted()
    {
        string text = Texts.Digits.Replace("64", "0", StringComparison.Ordinal).Replace("0.1", "0", StringComparison.Ordinal);
        Assert.Equal(
            """
            recipe.json, line 8: model.layers[1].in must be a whole number from 1 to 16777216, but it is 0.
            recipe.json, line 12: optimizer.learningRate must be a number above 0, but it is 0.
            recipe.json, line 15: training.batchSize must be a whole number from 1 to 1048576, but it is 0.
            """.ReplaceLineEndings("\n"),
            Assert.Throws<FormatException>(() => Texts.Parse(text)).Message);
        string names = string.Concat(Enumerable.Range(0, 8).Select(i => $"\"x{i}\": 1,"));
        Assert.EndsWith("\n… and 3 more.", Assert.Throws<FormatException>(() => Texts.Parse(Texts.With("\"name\"", names + "\"name\""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_trailing_commas_a_mark_and_a_schema_are_allowed()
    {
        string text = "\uFEFF/* a recipe */" + Texts.With("\"name\": \"small\",", "\"$schema\": \"recipe.schema.json\", // for the editor\n\"name\": \"small\",").Replace("64\n", "64,\n", StringComparison.Ordinal);
        Assert.Equal(("small", 64), (Texts.Parse(text).Name, Texts.Parse(text).Training.BatchSize));
    }

    [Theory]
    [InlineData("training.epochs=ten", "--set training.epochs: training.epochs must be a whole number of at least 1, but it is \"ten\".")]
    [InlineData("training.epohcs=5", "--set training.epohcs: a property of training must be epochs, epochSteps, batchSize, accumulate, patience, maxSteps, maxMinutes, clip, clipValue, averageDecay, precision, checkpointEvery, skipNonFinite, nanGuard or seed, but it is 'epohcs'. Hint: did you mean 'epochs'?")]
    [InlineData("trainin.epochs=5", "--set trainin.epochs: a property of a recipe must be $schema, name, summary, data, model, objective, optimizer, schedule or training, but it is 'trainin'. Hint: did you mean 'training'?")]
    [InlineData("model.layers[2].out=5", "--set model.layers[2].out: model.layers has 2 entries, counted from 0, but the index is 2.")]
    [InlineData("model.layers.out=5", "--set model.layers.out: model.layers must be an object to have a property 'out', but it is a list.")]
    [InlineData("name[0]=5", "--set name[0]: name must be a list to have an entry 0, but it is \"small\".")]
    [InlineData("epochs", "--set: a property and its value must be given as key=value, but it is 'epochs'. Hint: --set training.epochs=5")]
    [InlineData("a..b=5", "--set: a property must be named as in training.epochs or model.layers[0].out, but it is 'a..b'.")]
    [InlineData("objective={\"kind\": \"next-token\"}", "--set objective: objective.kind must be classification, since data of kind digits has a class for each row, but it is next-token.")]
    [InlineData("model={\"kind\": \"gpt\"}", "--set model: model.kind must be one that takes numbers, since data of kind digits has numbers, but gpt takes tokens.")]
    public void A_mistake_of_the_command_line_names_its_option(string set, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<UsageException>(() => Texts.Parse(Texts.Digits, set)).Message);
}
